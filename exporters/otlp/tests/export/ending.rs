//! The thread that exports, and its end.

use crate::receiver::{Receiver, Reply, integer};
use std::time::Duration;
use tallymark_core::{Counter, place, registry::Declaration};
use tallymark_otlp::{ExportError, OtlpBuilder, builder};

/// A time that no test waits for.
const LONG: Duration = Duration::from_secs(3_600);

fn counter(name: &str) -> &'static Counter {
    Declaration::new(name, "Things.", place!()).declare(Counter::new).expect("good")
}

fn settings(receiver: &Receiver) -> OtlpBuilder {
    builder().endpoint(receiver.endpoint()).interval(LONG).shutdown_timeout(LONG)
}

#[test]
fn dropping_the_guard_exports_what_was_counted_last() {
    let things = counter("ending_things_total");
    let receiver = Receiver::new(|_| Reply::ok());
    let guard = settings(&receiver).build().expect("good").start().expect("a thread");
    things.inc_by(5);
    drop(guard);
    let requests = receiver.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(integer(&requests[0].sum("ending_things_total")[0]), 5);
}

#[test]
fn a_flush_holds_what_was_counted_before_it() {
    let things = counter("ending_flushed_total");
    let receiver = Receiver::new(|_| Reply::ok());
    let guard = settings(&receiver).build().expect("good").start().expect("a thread");
    for total in 1..=3 {
        things.inc();
        guard.flush(LONG).expect("it is taken");
        let last = receiver.requests().pop().expect("it came");
        assert_eq!(integer(&last.sum("ending_flushed_total")[0]), total);
    }
    let exported = guard.shutdown().expect("it is taken");
    assert!(exported.points > 0);
    assert_eq!(receiver.requests().len(), 4);
}

#[test]
fn exports_come_at_intervals() {
    let receiver = Receiver::new(|_| Reply::ok());
    let guard = settings(&receiver).interval(Duration::from_millis(1)).build().expect("good").start();
    for _ in 0..3 {
        receiver.wait();
    }
    drop(guard.expect("a thread"));
}

#[test]
fn a_receiver_that_hangs_does_not_keep_the_program() {
    let receiver = Receiver::new(|_| Reply::Hang);
    let guard = settings(&receiver)
        .shutdown_timeout(Duration::from_millis(50))
        .timeout(LONG)
        .export_timeout(LONG)
        .interval(Duration::from_millis(1))
        .build()
        .expect("good")
        .start()
        .expect("a thread");
    // Now the thread waits for a response that does not come before the receiver is dropped, which is after this test.
    receiver.wait();
    let error = guard.flush(Duration::from_millis(1)).expect_err("it hangs");
    assert!(matches!(error, ExportError::OutOfTime), "{error:?}");
    let error = guard.shutdown().expect_err("it hangs");
    assert!(matches!(error, ExportError::OutOfTime), "{error:?}");
}

#[test]
fn a_pause_before_a_request_is_sent_again_does_not_keep_the_program() {
    let receiver = Receiver::new(|_| Reply::new(503, &[], b""));
    let guard = settings(&receiver)
        .shutdown_timeout(Duration::from_millis(50))
        .backoff(LONG, LONG)
        .export_timeout(LONG)
        .interval(Duration::from_millis(1))
        .build()
        .expect("good")
        .start()
        .expect("a thread");
    receiver.wait();
    let error = guard.shutdown().expect_err("it is down");
    assert!(
        matches!(error, ExportError::Unavailable { status: 503, .. } | ExportError::OutOfTime),
        "{error:?}"
    );
}
