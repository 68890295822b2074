//! How requests look on the wire.

use crate::receiver::{Receiver, Reply, all_written, alone};
use tallymark_push::RemoteWriteProtocol;

#[test]
fn a_request_of_version_2() {
    let _alone = alone();
    let receiver = Receiver::start(all_written);
    assert!(!receiver.written().is_empty());
    for received in receiver.received() {
        assert_eq!((received.method.as_str(), received.target.as_str()), ("POST", "/api/v1/write"));
        assert_eq!(received.header("host"), Some(receiver.address.to_string().as_str()));
        assert_eq!(received.header("content-encoding"), Some("snappy"));
        assert_eq!(
            received.header("content-type"),
            Some("application/x-protobuf;proto=io.prometheus.write.v2.Request")
        );
        assert_eq!(received.header("x-prometheus-remote-write-version"), Some("2.0.0"));
        let agent = received.header("user-agent").expect("a user agent");
        assert!(agent.starts_with("tallymark/"), "{agent}");
        assert_eq!(received.header("authorization"), None);
        // The framed format begins with a chunk of its own.
        assert!(!received.body.starts_with(b"\xff\x06\x00\x00sNaPpY"), "it is the block format");
        let request = received.v2();
        assert_eq!(request.symbols.first().map(String::as_str), Some(""));
        let mut symbols = request.symbols.clone();
        symbols.sort();
        symbols.dedup();
        assert_eq!(symbols.len(), request.symbols.len(), "each text is there once");
    }
}

#[test]
fn a_request_of_version_1() {
    let _alone = alone();
    let receiver = Receiver::start(|_| Reply::status(200));
    let guard = receiver.builder().protocol(RemoteWriteProtocol::V1).start().expect("started");
    guard.shutdown().expect("written");
    let received = receiver.received();
    assert!(!received.is_empty());
    for received in received {
        assert_eq!(received.header("content-encoding"), Some("snappy"));
        assert_eq!(received.header("content-type"), Some("application/x-protobuf"));
        assert_eq!(received.header("x-prometheus-remote-write-version"), Some("0.1.0"));
        for series in received.v1().timeseries {
            assert_eq!(series.samples.len(), 1);
            let names: Vec<_> = series.labels.iter().map(|label| label.name.as_str()).collect();
            assert!(names.is_sorted_by(|left, right| left < right), "{names:?}");
            assert!(names.contains(&"__name__"));
            assert!(series.labels.iter().all(|label| !label.value.is_empty()));
        }
    }
}

#[test]
fn requests_share_a_connection() {
    let _alone = alone();
    let receiver = Receiver::start(all_written);
    let guard = receiver.builder().start().expect("started");
    for _ in 0..3 {
        guard.flush(crate::receiver::PATIENCE).expect("written");
    }
    drop(guard);
    let received = receiver.received();
    assert!(received.len() >= 3 && received.iter().all(|received| received.connection == 0));
}

/// A server may close a connection between two requests.
#[test]
fn a_connection_that_was_closed_is_replaced() {
    let _alone = alone();
    let receiver = Receiver::start(|received| all_written(received).header("Connection: close"));
    let guard = receiver.builder().start().expect("started");
    for _ in 0..3 {
        guard.flush(crate::receiver::PATIENCE).expect("written");
    }
}
