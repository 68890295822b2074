//! Differences: none lost, none twice.

use crate::receiver::{Receiver, Reply, Request, integer};
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, metric::Data};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};
use tallymark_core::{Counter, Histogram, Native, buckets, place, registry::Declaration};
use tallymark_otlp::{OtlpExporter, Temporality, builder};

fn exporter(receiver: &Receiver) -> OtlpExporter {
    builder()
        .endpoint(receiver.endpoint())
        .temporality(Temporality::Delta)
        .backoff(Duration::from_millis(1), Duration::from_millis(2))
        .build()
        .expect("good settings")
}

/// The windows of a counter without labels, in the order of time. A window that came twice, as after a lost response, is
/// counted once, and has the same value both times.
fn windows(requests: &[Request], name: &str) -> Vec<(u64, u64, i64)> {
    let mut windows = BTreeMap::new();
    for point in
        requests.iter().filter(|request| !request.body.is_empty()).flat_map(|request| request.sum(name))
    {
        let (window, value) = ((point.start_time_unix_nano, point.time_unix_nano), integer(&point));
        assert_eq!(*windows.entry(window).or_insert(value), value, "one window, one value");
    }
    let windows: Vec<_> = windows.into_iter().map(|((start, end), value)| (start, end, value)).collect();
    for pair in windows.windows(2) {
        assert!(pair[0].1 <= pair[1].0, "{pair:?} overlap");
    }
    windows
}

#[test]
fn only_what_came_since_the_last_export() {
    let things: &Counter =
        Declaration::new("delta_things_total", "Things.", place!()).declare(Counter::new).expect("good");
    let waits: &Histogram = Declaration::new("delta_waits", "Waits.", place!())
        .declare(|| Histogram::new(buckets![1.0]).with_native(Native::new()))
        .expect("good");
    let receiver = Receiver::new(|_| Reply::ok());
    let mut exporter = exporter(&receiver);
    for (things_more, waits_more) in [(3, 2), (0, 0), (4, 1)] {
        things.inc_by(things_more);
        (0..waits_more).for_each(|_| waits.observe(0.5));
        exporter.export().expect("it is taken");
    }
    let requests = receiver.requests();
    let Some(Data::Sum(sum)) = requests[0].metric("delta_things_total").data else { panic!("a sum") };
    assert_eq!(sum.aggregation_temporality, AggregationTemporality::Delta as i32);
    let windows = windows(&requests, "delta_things_total");
    assert_eq!(
        windows.iter().map(|window| window.2).collect::<Vec<_>>(),
        [3, 4],
        "nothing new, nothing sent"
    );
    let counts: Vec<u64> = requests
        .iter()
        .flat_map(|request| request.metrics("delta_waits"))
        .map(|metric| match metric.data {
            Some(Data::ExponentialHistogram(histogram)) => histogram.data_points[0].count,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(counts, [2, 1]);
}

#[test]
fn what_was_not_taken_waits_and_what_comes_later_adds_up() {
    let things: &Counter =
        Declaration::new("delta_waiting_total", "Things.", place!()).declare(Counter::new).expect("good");
    let up = Arc::new(AtomicUsize::new(0));
    let is_up = Arc::clone(&up);
    let receiver = Receiver::new(move |_| match is_up.load(Ordering::SeqCst) {
        0 => Reply::new(503, &[], b""),
        _ => Reply::ok(),
    });
    // A pause is longer than the time for an export, so each sends one request.
    let mut exporter = builder()
        .endpoint(receiver.endpoint())
        .temporality(Temporality::Delta)
        .backoff(Duration::from_secs(3_600), Duration::from_secs(3_600))
        .build()
        .expect("good settings");
    for more in [1, 2, 4] {
        things.inc_by(more);
        exporter.export().expect_err("it is down");
    }
    up.store(1, Ordering::SeqCst);
    exporter.export().expect("it is up again");
    let requests = receiver.requests();
    let windows = windows(&requests[3..], "delta_waiting_total");
    assert_eq!(windows.iter().map(|window| window.2).collect::<Vec<_>>(), [1, 6]);
    assert_eq!(windows[0].1, windows[1].0, "one begins where the other ends");
    assert_eq!(requests.len(), 5);
    assert!(requests[..4].iter().all(|request| request.body == requests[0].body), "the first waits");
}

#[test]
fn nothing_is_lost_and_nothing_counted_twice_whatever_the_receiver_does() {
    const THREADS: u64 = 4;
    const EACH: u64 = 30_000;
    let things: &Counter =
        Declaration::new("delta_busy_total", "Things.", place!()).declare(Counter::new).expect("good");
    let receiver = Receiver::new(|number| match number % 7 {
        1 => Reply::new(503, &[], b""),
        3 => Reply::Reset,
        // It was taken, and nobody is told: the same window comes again.
        5 => Reply::Bytes(b"HTTP/1.1 2".to_vec()),
        _ => Reply::ok(),
    });
    let mut exporter = exporter(&receiver);
    thread::scope(|scope| {
        let counting: Vec<_> =
            (0..THREADS).map(|_| scope.spawn(|| (0..EACH).for_each(|_| things.inc()))).collect();
        while !counting.iter().all(thread::ScopedJoinHandle::is_finished) {
            exporter.export().expect("it is taken in the end");
        }
    });
    for _ in 0..10 {
        things.inc();
        exporter.export().expect("it is taken in the end");
    }
    let windows = windows(&receiver.requests(), "delta_busy_total");
    assert!(windows.len() > 10, "{windows:?}");
    assert_eq!(u64::try_from(windows.iter().map(|window| window.2).sum::<i64>()), Ok(THREADS * EACH + 10));
}
