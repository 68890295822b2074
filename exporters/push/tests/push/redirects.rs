//! Gateways that have moved.

use tallymark_push::{self, Builder, PushError};

use crate::server::{Server, response};

fn moved(status: u16, location: &str) -> Server {
    Server::always(response(status, &[&format!("Location: {location}")], "gone"))
}

fn following(server: &Server) -> Builder {
    tallymark_push::builder(server.url(), "job").follow_redirects(true)
}

#[test]
fn the_same_request_goes_elsewhere() {
    for status in [301, 302, 303, 307, 308] {
        let there = Server::always(response(200, &[], ""));
        let here = moved(status, &format!("{}/other/metrics/job/job", there.url()));
        let gateway = following(&here).build().expect("a gateway");
        gateway.push().wait().expect("accepted");
        gateway.add().wait().expect("accepted");
        let (first, second) = (here.received(), there.received());
        let methods: Vec<_> = second.iter().map(|received| received.method.as_str()).collect();
        assert_eq!(methods, ["PUT", "POST"], "after {status}");
        for (first, second) in first.iter().zip(&second) {
            assert_eq!(second.target, "/other/metrics/job/job");
            assert_eq!(second.body, first.body);
            assert_eq!(second.header("content-type"), first.header("content-type"));
            assert_eq!(second.header("host"), Some(there.address.to_string().as_str()));
        }
    }
}

#[test]
fn a_deletion_goes_elsewhere_only_where_the_method_has_to_stay() {
    for (status, goes) in [(301, false), (302, false), (303, false), (307, true), (308, true)] {
        let there = Server::always(response(202, &[], ""));
        let here = moved(status, &there.url());
        let result = following(&here).build().expect("a gateway").delete().wait();
        assert_eq!(result.is_ok(), goes, "after {status}: {result:?}");
        assert_eq!(there.received().len(), usize::from(goes));
    }
}

#[test]
fn only_if_it_is_allowed() {
    let there = Server::always(response(200, &[], ""));
    let here = moved(307, &there.url());
    let error =
        tallymark_push::builder(here.url(), "job").build().expect("a gateway").push().wait().expect_err("moved");
    let PushError::Redirect { status: 307, location, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*location, there.url());
    assert!(error.to_string().contains(&here.url()), "{error}");
    assert!(there.received().is_empty());
}

#[test]
fn not_in_circles() {
    let server = Server::start(|received| response(302, &[&format!("Location: {}x", received.target)], ""));
    let error = following(&server).build().expect("a gateway").push().wait().expect_err("a circle");
    assert!(
        matches!(error, PushError::Redirect { why: "these are more redirects than allowed", .. }),
        "{error:?}"
    );
    let targets: Vec<_> = server.received().iter().map(|received| received.target.clone()).collect();
    assert_eq!(targets.len(), 6);
    assert_eq!(targets[5], "/metrics/job/jobxxxxx");
}

/// What the gateway knows is not for others.
#[test]
fn credentials_stay_where_they_belong() {
    let there = Server::always(response(200, &[], ""));
    let url = there.url();
    let here = Server::start(move |received| {
        let location =
            if received.target == "/inside" { format!("{url}/outside") } else { "/inside".to_owned() };
        response(308, &[&format!("Location: {location}")], "")
    });
    following(&here).basic_auth("me", "secret").build().expect("a gateway").push().wait().expect("accepted");
    let inside = here.received();
    assert_eq!(inside.len(), 2);
    assert!(inside.iter().all(|received| received.header("authorization").is_some()));
    assert_eq!(there.only().header("authorization"), None);
    assert_eq!(there.only().target, "/outside");
}

#[test]
fn nowhere() {
    for location in ["ftp://host/x", "http://user@host/", "http://", "http://host:port/"] {
        let server = moved(301, location);
        let error = following(&server).build().expect("a gateway").push().wait().expect_err("nowhere");
        assert!(matches!(error, PushError::Redirect { .. }), "{location}: {error:?}");
    }
    // Not a redirect without a location, and not one that repeats the request.
    let server = Server::always(response(302, &[], "where?"));
    let error = following(&server).build().expect("a gateway").push().wait().expect_err("nowhere");
    assert!(matches!(error, PushError::Refused { status: 302, .. }), "{error:?}");
    let server = moved(300, "/x");
    let error = following(&server).build().expect("a gateway").push().wait().expect_err("a choice");
    assert!(matches!(error, PushError::Redirect { status: 300, .. }), "{error:?}");
}
