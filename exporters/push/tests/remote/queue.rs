//! What waits for a receiver.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tallymark::registry;
use tallymark_push::PushError;

use crate::receiver::{PATIENCE, Receiver, Reply, all_written, alone};

fn value(name: &str, labels: &[(&str, &str)]) -> f64 {
    registry::snapshot().value(name, labels).unwrap_or_default()
}

#[test]
fn the_oldest_make_room_and_are_counted() {
    let _alone = alone();
    let open = Arc::new(AtomicBool::new(false));
    let is_open = Arc::clone(&open);
    let receiver = Receiver::start(move |received| {
        if is_open.load(Ordering::Relaxed) { all_written(received) } else { Reply::status(503) }
    });
    let limit = 60_000;
    let builder = receiver.builder().queue_bytes(limit).interval(Duration::from_millis(5));
    let full = [("element", "sample"), ("reason", "queue_full")];
    let before = value("tallymark_remote_write_dropped_total", &full);
    let guard = builder.stale_at_exit(false).start().expect("started");
    crate::receiver::until("the queue is full", || {
        let queued = value("tallymark_remote_write_queue_bytes", &[]);
        assert!(queued <= limit as f64, "{queued}");
        value("tallymark_remote_write_dropped_total", &full) > before
    });
    let refused = receiver.received().len();
    open.store(true, Ordering::Relaxed);
    // Some of what waits may be dropped by the next sampling, which comes every few milliseconds.
    let _ = guard.flush(PATIENCE);
    let _ = guard.shutdown();
    let received = receiver.received();
    let times: Vec<i64> = received[refused..]
        .iter()
        .flat_map(|received| received.v2().timeseries)
        .filter_map(|series| series.samples.first().map(|sample| sample.timestamp))
        .collect();
    assert!(times.is_sorted(), "in the order of time");
    assert_eq!(value("tallymark_remote_write_queue_bytes", &[]), 0.0);
}

#[test]
fn a_flush_gives_up_after_its_timeout() {
    let _alone = alone();
    // Nobody accepts.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let url = format!("http://{}/api/v1/write", listener.local_addr().expect("an address"));
    let guard =
        crate::receiver::builder(url).shutdown_timeout(Duration::from_millis(50)).start().expect("started");
    let error = guard.flush(Duration::from_millis(50)).expect_err("nobody writes it");
    assert!(matches!(&error, PushError::Unwritten { .. }), "{error:?}");
    let error = guard.shutdown().expect_err("nobody writes it");
    assert!(matches!(&error, PushError::Unwritten { values: 1.., .. }), "{error:?}");
}

#[test]
fn a_receiver_that_is_not_there() {
    let _alone = alone();
    let url = {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        format!("http://{}/write?token=secret", listener.local_addr().expect("an address"))
    };
    let (report, reported) = std::sync::mpsc::channel();
    let guard = crate::receiver::builder(url)
        .on_error(move |error| _ = report.send(error.to_string()))
        .shutdown_timeout(Duration::ZERO)
        .interval(Duration::from_millis(1))
        .start()
        .expect("started");
    let shutdown = [("element", "sample"), ("reason", "shutdown")];
    let before = value("tallymark_remote_write_dropped_total", &shutdown);
    let first = reported.recv_timeout(PATIENCE).expect("a report");
    assert!(first.contains("no connection") && !first.contains("secret"), "{first}");
    drop(guard);
    let last = reported.recv_timeout(PATIENCE).expect("another report");
    assert!(last.contains("values are missing") && !last.contains("secret"), "{last}");
    crate::receiver::until("what waits is given up", || {
        value("tallymark_remote_write_dropped_total", &shutdown) > before
    });
}
