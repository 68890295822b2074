//! What follows from responses.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tallymark::registry;
use tallymark_push::{PushError, RemoteWriteProtocol};

use crate::receiver::{PATIENCE, Received, Receiver, Reply, all_written, alone, flush_fails};

/// How much was dropped so far, by element and reason.
fn dropped(element: &str, reason: &str) -> f64 {
    let labels = [("element", element), ("reason", reason)];
    registry::snapshot().value("tallymark_remote_write_dropped_total", &labels).unwrap_or_default()
}

fn written(element: &str) -> f64 {
    let labels = [("element", element)];
    registry::snapshot().value("tallymark_remote_write_written_total", &labels).unwrap_or_default()
}

fn requests(result: &str) -> f64 {
    let labels = [("result", result)];
    registry::snapshot().value("tallymark_remote_write_requests_total", &labels).unwrap_or_default()
}

#[test]
fn what_will_never_be_accepted_is_not_sent_again() {
    let _alone = alone();
    for status in [300, 400, 401, 404, 408, 413, 422, 499] {
        let receiver = Receiver::start(move |_| Reply::status(status).body("out of order sample"));
        let guard = receiver.builder().stale_at_exit(false).start().expect("started");
        let before = (dropped("sample", "refused"), requests("refused"));
        let error = flush_fails(&guard);
        let samples: usize = receiver.received().iter().map(|received| received.v2().timeseries.len()).sum();
        let PushError::Unwritten { values, source: Some(source), .. } = &error else { panic!("{error:?}") };
        assert_eq!(*values, samples as u64, "{status}");
        // The message is passed on as it is.
        let PushError::Refused { status: told, message, .. } = &**source else { panic!("{source:?}") };
        assert_eq!((*told, message.as_str()), (status, "out of order sample"));
        let count = receiver.received().len();
        assert_eq!(requests("refused") - before.1, count as f64, "{status}");
        let histograms: usize = receiver
            .received()
            .iter()
            .flat_map(|received| received.v2().timeseries)
            .map(|series| series.histograms.len())
            .sum();
        assert_eq!(dropped("sample", "refused") - before.0, (samples - histograms) as f64, "{status}");
        // The next sampling is sent all the same.
        flush_fails(&guard);
        assert_eq!(receiver.received().len(), 2 * count, "{status}");
    }
}

#[test]
fn what_may_be_accepted_later_is_sent_again() {
    let _alone = alone();
    for status in [429, 500, 502, 503, 504, 599] {
        let mut failures = 3;
        let receiver = Receiver::start(move |received| {
            if failures > 0 {
                failures -= 1;
                return Reply::status(status).body("later");
            }
            all_written(received)
        });
        let guard = receiver.builder().stale_at_exit(false).start().expect("started");
        guard.flush(PATIENCE).expect("written at last");
        let received = receiver.received();
        let first: Vec<_> = received.iter().take(4).map(|received| &received.body).collect();
        assert!(first.iter().all(|body| *body == first[0]), "{status}: it is the same request");
        // Half of 20, 40 and 80 ms at the least.
        for (pair, least) in received.windows(2).zip([10, 20, 40]) {
            let pause = pair[1].at - pair[0].at;
            assert!(pause >= Duration::from_millis(least), "{status}: {pause:?}");
        }
    }
}

#[test]
fn a_receiver_that_wants_to_be_left_alone_is() {
    let _alone = alone();
    for (status, asks) in [(429, true), (503, true), (503, false)] {
        let mut first = true;
        let receiver = Receiver::start(move |received| {
            if std::mem::take(&mut first) {
                let reply = Reply::status(status);
                return if asks { reply.header("Retry-After: 1") } else { reply };
            }
            all_written(received)
        });
        let guard = receiver.builder().stale_at_exit(false).start().expect("started");
        guard.flush(PATIENCE).expect("written at last");
        let received = receiver.received();
        let pause = received[1].at - received[0].at;
        if asks {
            assert!(pause >= Duration::from_secs(1), "{pause:?}");
        }
    }
}

#[test]
fn a_connection_without_a_response_is_tried_again() {
    let _alone = alone();
    let mut failures = 2;
    let receiver = Receiver::start(move |received| {
        if failures > 0 {
            failures -= 1;
            return Reply::none();
        }
        all_written(received)
    });
    let before = requests("unreachable");
    let guard = receiver.builder().start().expect("started");
    guard.flush(PATIENCE).expect("written at last");
    assert_eq!(requests("unreachable") - before, 2.0);
}

#[test]
fn success_is_any_2xx_whatever_the_body_says() {
    let _alone = alone();
    for (status, body) in [(200, "error: nothing was written"), (202, "{}"), (204, "")] {
        let receiver = Receiver::start(move |received| {
            let mut reply = all_written(received);
            if status != 204 {
                let counted: usize = received.v2().timeseries.iter().map(|series| series.samples.len()).sum();
                let natives: usize =
                    received.v2().timeseries.iter().map(|series| series.histograms.len()).sum();
                let exemplars: usize =
                    received.v2().timeseries.iter().map(|series| series.exemplars.len()).sum();
                reply = Reply::status(status).written(counted, natives, exemplars).body(body);
            }
            reply
        });
        let guard = receiver.builder().start().expect("started");
        let before = (requests("written"), written("sample"));
        guard.flush(PATIENCE).expect("written");
        assert!(requests("written") > before.0 && written("sample") > before.1, "{status}");
    }
}

#[test]
fn partial_writes_are_counted() {
    let _alone = alone();
    for status in [400, 200] {
        let receiver = Receiver::start(move |received| {
            let samples: usize = received.v2().timeseries.iter().map(|series| series.samples.len()).sum();
            Reply::status(status).written(samples - 2, 0, 0).body("out of bounds")
        });
        let guard = receiver.builder().stale_at_exit(false).start().expect("started");
        let before = (written("sample"), dropped("sample", "rejected"), requests("partial"));
        let error = flush_fails(&guard);
        assert!(matches!(error, PushError::Unwritten { .. }), "{error:?}");
        let received = receiver.received();
        let samples: usize = received
            .iter()
            .flat_map(|received| received.v2().timeseries)
            .map(|series| series.samples.len())
            .sum();
        let lost = 2.0 * received.len() as f64;
        assert_eq!(written("sample") - before.0, samples as f64 - lost, "{status}");
        assert_eq!(dropped("sample", "rejected") - before.1, lost, "{status}");
        assert_eq!(requests("partial") - before.2, received.len() as f64, "{status}");
        assert!(received.iter().all(Received::is_v2), "it speaks 2.0");
    }
}

#[test]
fn a_receiver_of_version_1_gets_version_1() {
    let _alone = alone();
    // One says that it does not know the type, another one takes it and finds nothing in it.
    for status in [415, 204, 200] {
        let receiver =
            Receiver::start(
                move |received| {
                    if received.is_v2() { Reply::status(status) } else { Reply::status(204) }
                },
            );
        let guard = receiver.builder().start().expect("started");
        let before = (written("sample"), requests("unsupported"));
        guard.flush(PATIENCE).expect("written");
        let received = receiver.received();
        let versions: Vec<_> = received.iter().map(Received::is_v2).collect();
        assert_eq!(versions.iter().filter(|is_v2| **is_v2).count(), 1, "{status}: {versions:?}");
        assert!(versions[0] && !versions[1], "{status}: {versions:?}");
        let samples: usize = received[1..].iter().map(|received| received.v1().timeseries.len()).sum();
        assert_eq!(written("sample") - before.0, samples as f64, "{status}");
        assert_eq!(requests("unsupported") - before.1, 1.0);
        // It is remembered.
        guard.flush(PATIENCE).expect("written");
        assert!(receiver.received()[1..].iter().all(|received| !received.is_v2()), "{status}");
    }
}

#[test]
fn a_receiver_of_version_2_keeps_getting_it() {
    let _alone = alone();
    let receiver = Receiver::start(all_written);
    let guard = receiver.builder().start().expect("started");
    for _ in 0..3 {
        guard.flush(PATIENCE).expect("written");
    }
    guard.shutdown().expect("written");
    assert!(receiver.received().iter().all(Received::is_v2));
}

#[test]
fn a_receiver_that_knows_neither_version() {
    let _alone = alone();
    for protocol in [RemoteWriteProtocol::Negotiated, RemoteWriteProtocol::V2, RemoteWriteProtocol::V1] {
        let receiver = Receiver::start(|_| Reply::status(415));
        let guard = receiver.builder().protocol(protocol).stale_at_exit(false).start().expect("started");
        flush_fails(&guard);
        let versions: Vec<_> = receiver.received().iter().map(Received::is_v2).collect();
        let wanted = match protocol {
            RemoteWriteProtocol::V1 => vec![false],
            RemoteWriteProtocol::V2 => vec![true],
            _ => vec![true, false],
        };
        assert_eq!(versions, wanted, "{protocol:?}");
    }
}

/// A receiver may be replaced by one of the other version while requests wait for it.
#[test]
fn versions_change_with_the_receiver() {
    let _alone = alone();
    let old = Arc::new(AtomicUsize::new(1));
    let is_old = Arc::clone(&old);
    let receiver =
        Receiver::start(move |received| match (is_old.load(Ordering::Relaxed), received.is_v2()) {
            (1, false) => Reply::status(204),
            (0, true) => all_written(received),
            _ => Reply::status(415),
        });
    let guard = receiver.builder().stale_at_exit(false).start().expect("started");
    guard.flush(PATIENCE).expect("written, in version 1");
    old.store(0, Ordering::Relaxed);
    flush_fails(&guard);
    guard.flush(PATIENCE).expect("written, in version 2");
    assert!(receiver.received().last().expect("a request").is_v2());
}

/// An error that repeats itself is reported once, until a request succeeds.
#[test]
fn errors_are_reported_once() {
    let _alone = alone();
    let mut count = 0;
    let receiver = Receiver::start(move |received| {
        count += 1;
        match count {
            1..=3 => Reply::status(503).body("not now"),
            5..=6 => Reply::status(500),
            _ => all_written(received),
        }
    });
    let reports = Arc::new(std::sync::Mutex::new(Vec::new()));
    let keep = Arc::clone(&reports);
    let builder = receiver.builder().on_error(move |error| {
        keep.lock().expect("no panic").push(error.to_string());
    });
    let guard = builder.stale_at_exit(false).start().expect("started");
    guard.flush(PATIENCE).expect("written");
    guard.flush(PATIENCE).expect("written");
    let reports = reports.lock().expect("no panic").clone();
    assert_eq!(reports.len(), 2, "{reports:?}");
    assert!(reports[0].contains("status 503, not now") && reports[1].contains("status 500"), "{reports:?}");
}

/// A panic in a callback does not end the writing.
#[test]
fn a_thread_that_panics_begins_anew() {
    let _alone = alone();
    let mut failures = 1;
    let receiver = Receiver::start(move |received| {
        if failures > 0 {
            failures -= 1;
            return Reply::status(500);
        }
        all_written(received)
    });
    let restarts =
        || registry::snapshot().value("tallymark_remote_write_restarts_total", &[]).unwrap_or_default();
    let before = restarts();
    let guard = receiver.builder().on_error(|_| panic!("in the callback")).start().expect("started");
    guard.flush(PATIENCE).expect("written");
    assert_eq!(restarts() - before, 1.0);
    guard.shutdown().expect("written");
}
