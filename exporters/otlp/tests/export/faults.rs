//! Receivers that fail, and what is sent again.

use crate::{
    receiver::{Receiver, Reply},
    requests::exporter,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceResponse,
};
use prost::Message;
use std::{error::Error, net::TcpListener, time::Duration};
use tallymark_otlp::{ExportError, builder};

/// A time that no test waits for.
const LONG: Duration = Duration::from_secs(3_600);

#[test]
fn the_same_request_is_sent_again_until_it_is_taken() {
    let receiver = Receiver::new(|number| match number {
        0 => Reply::new(503, &[], b""),
        1 => Reply::Reset,
        2 => Reply::new(429, &[("Retry-After", "0")], b"slower"),
        // Half of a head.
        3 => Reply::Bytes(b"HTTP/1.1 200 O".to_vec()),
        4 => Reply::Bytes(b"nonsense\r\n\r\n".to_vec()),
        5 => Reply::new(502, &[], b""),
        6 => Reply::new(504, &[("Retry-After", "soon")], b""),
        _ => Reply::ok(),
    });
    let exported = exporter(&receiver).export().expect("it is taken in the end");
    let requests = receiver.requests();
    assert_eq!(requests.len(), 8);
    let sent: Vec<_> = requests.iter().filter(|request| !request.body.is_empty()).collect();
    assert_eq!(sent.len(), 7, "one was reset before it was read");
    assert!(sent.iter().all(|request| request.body == sent[0].body));
    assert!(exported.points > 0);
}

#[test]
fn half_of_a_response_that_says_yes_is_a_yes() {
    let receiver = Receiver::new(|_| {
        Reply::Bytes(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100\r\n\r\n\x0a"
                .to_vec(),
        )
    });
    exporter(&receiver).export().expect("it was taken, so it must not be sent again");
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn what_is_refused_is_not_sent_again() {
    for status in [400, 401, 404, 413, 500, 501, 307] {
        let receiver = Receiver::new(move |_| {
            Reply::new(status, &[("Location", "http://127.0.0.1:1/"), ("Retry-After", "0")], b"no\nthanks")
        });
        let error = exporter(&receiver).export().expect_err("refused");
        let endpoint = receiver.endpoint();
        assert_eq!(
            error.to_string(),
            format!("`{endpoint}` refused the metrics: status {status}, no thanks")
        );
        assert_eq!(receiver.requests().len(), 1);
    }
}

#[test]
fn a_receiver_that_wants_to_be_left_alone_is() {
    let receiver = Receiver::new(|_| Reply::new(429, &[("Retry-After", "300")], b""));
    let mut exporter = builder()
        .endpoint(receiver.endpoint())
        .export_timeout(Duration::from_secs(200))
        .build()
        .expect("good settings");
    let error = exporter.export().expect_err("there is no time to wait");
    assert!(matches!(error, ExportError::Unavailable { status: 429, .. }), "{error:?}");
    // The wish holds for the next export, too.
    let error = exporter.export().expect_err("still");
    assert!(matches!(error, ExportError::OutOfTime), "{error:?}");
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn partial_success_is_success_of_the_rest() {
    let partial =
        ExportMetricsPartialSuccess { rejected_data_points: 2, error_message: "too old".to_owned() };
    let body = ExportMetricsServiceResponse { partial_success: Some(partial) }.encode_to_vec();
    let receiver =
        Receiver::new(move |_| Reply::new(200, &[("Content-Type", "application/x-protobuf")], &body));
    let exported = exporter(&receiver).export().expect("most of it is taken");
    assert_eq!((exported.rejected, exported.message.as_str()), (2, "too old"));
    assert_eq!(receiver.requests().len(), 1, "rejected points are not sent again");
    let all: usize = receiver.requests()[0].message().resource_metrics[0].scope_metrics[0]
        .metrics
        .iter()
        .map(crate::points::count)
        .sum();
    assert_eq!(u64::try_from(all), Ok(exported.points + 2));
}

#[test]
fn nobody_there() {
    // The port was free a moment ago.
    let port =
        TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let mut exporter = builder()
        .endpoint(format!("http://user:secret@127.0.0.1:{port}/v1/metrics?token=secret"))
        .backoff(LONG, LONG)
        .build()
        .expect("good settings");
    let error = exporter.export().expect_err("nobody there");
    assert_eq!(error.to_string(), format!("no response from `http://127.0.0.1:{port}/v1/metrics`"));
    let source = error.source().expect("there is a cause").to_string();
    assert!(!source.is_empty() && !error.to_string().contains(&source));
}

#[test]
fn a_receiver_that_hangs_is_given_up() {
    let receiver = Receiver::new(|_| Reply::Hang);
    let mut exporter = builder()
        .endpoint(receiver.endpoint())
        .timeout(Duration::from_millis(20))
        .backoff(LONG, LONG)
        .build()
        .expect("good settings");
    let error = exporter.export().expect_err("no response");
    assert!(matches!(error, ExportError::Unreachable { .. }), "{error:?}");
}

#[test]
fn a_long_response_is_not_read() {
    let receiver =
        Receiver::new(|_| Reply::new(400, &[("Content-Type", "text/plain")], &vec![b'x'; 10 << 20]));
    let error = exporter(&receiver).export().expect_err("refused");
    assert!(error.to_string().len() < 1_000);
}
