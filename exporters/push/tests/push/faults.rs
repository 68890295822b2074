//! Gateways that refuse, are silent, or are not there.

use std::{
    error::Error,
    future::Future,
    io::Read,
    net::{Ipv4Addr, TcpListener},
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use tallymark_push::{self, PushError};

use crate::server::{Server, response};

fn push_to(url: impl Into<String>) -> Result<(), PushError> {
    tallymark_push::builder(url, "job").build().expect("a gateway").push().wait()
}

#[test]
fn refused() {
    for (status, said, shown) in [
        (400, "pushed metrics are\n  invalid\t\u{1b}[31m or so\n", "pushed metrics are invalid [31m or so"),
        (401, "", ""),
        (404, "not found", "not found"),
        (500, "\u{fc}", "\u{fc}"),
        (100 + 499, "x", "x"),
    ] {
        let server = Server::always(response(status, &[], said));
        let error = push_to(server.url()).expect_err("refused");
        let PushError::Refused { url, status: told, message } = &error else { panic!("{error:?}") };
        assert_eq!(
            (url.as_str(), *told, message.as_str()),
            (&*format!("{}/metrics/job/job", server.url()), status, shown)
        );
        assert!(error.to_string().contains(&status.to_string()), "{error}");
        assert!(error.source().is_none());
    }
}

#[test]
fn a_long_story_is_cut_short() {
    let server = Server::always(response(400, &[], &"word ".repeat(100_000)));
    let error = push_to(server.url()).expect_err("refused");
    assert!(matches!(&error, PushError::Refused { message, .. } if message.len() < 2000), "{error}");
}

/// It is enough that the status is known.
#[test]
fn a_story_that_breaks_off() {
    let server = Server::always("HTTP/1.1 500 Oh\r\nContent-Length: 1000\r\n\r\nhalf of");
    let error = push_to(server.url()).expect_err("refused");
    assert!(
        matches!(&error, PushError::Refused { status: 500, message, .. } if message == "half of"),
        "{error:?}"
    );
}

#[test]
fn nobody_there() {
    let address = {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        listener.local_addr().expect("an address")
    };
    let error = push_to(address.to_string()).expect_err("nobody listens");
    assert!(matches!(error, PushError::Connect { .. }), "{error:?}");
    assert!(error.source().is_some());
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

#[test]
fn no_response() {
    for answer in ["", "220 mail.example ESMTP\r\n", "HTTP/1.1 200"] {
        let server = Server::always(answer);
        let error = push_to(server.url()).expect_err("no response");
        assert!(matches!(error, PushError::Http { .. }), "{answer:?}: {error:?}");
    }
}

/// The connection is accepted by the system, and nobody ever answers.
#[test]
fn silence() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let timeout = Duration::from_millis(20);
    let gateway = tallymark_push::builder(url, "job").timeout(timeout).build().expect("a gateway");
    let error = gateway.push().wait().expect_err("silence");
    assert!(matches!(error, PushError::Timeout { after, .. } if after == timeout), "{error:?}");
    let error = futures::executor::block_on(gateway.delete()).expect_err("silence");
    assert!(matches!(error, PushError::Timeout { .. }), "{error:?}");
}

/// What nobody waits for any more is given up: the connection is closed.
#[test]
fn given_up() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let gateway = tallymark_push::builder(url, "job").build().expect("a gateway");
    let mut connection = {
        let mut push = pin!(gateway.delete());
        assert!(push.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        listener.accept().expect("a connection").0
    };
    connection.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    let mut sent = Vec::new();
    connection.read_to_end(&mut sent).expect("the end");
}

/// A future that is polled after its end says so instead of panicking.
#[test]
fn over() {
    let server = Server::always(response(200, &[], ""));
    let gateway = tallymark_push::builder(server.url(), "job").build().expect("a gateway");
    futures::executor::block_on(async {
        let mut push = pin!(gateway.push());
        push.as_mut().await.expect("accepted");
        let error = push.as_mut().await.expect_err("it is over");
        assert!(matches!(error, PushError::Thread { .. }), "{error:?}");
    });
}
