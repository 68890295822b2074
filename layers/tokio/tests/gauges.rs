//! Gauges that tasks refresh, by a clock that stands still until nothing else is to be done.

#![allow(
    clippy::unused_async,
    reason = "what refreshes a gauge is asynchronous, whether or not it has to wait"
)]

use std::{
    future::pending,
    io,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tallymark::{LabelSet, gauge_refresh, registry};
use tallymark_tokio::BuildError;
use tokio::time::sleep;

static CALLS: AtomicU64 = AtomicU64::new(0);

/// Counts up, and fails each third time.
#[gauge_refresh(every = "60s", timeout = "5s")]
async fn refreshed_calls() -> Result<u64, io::Error> {
    let call = CALLS.fetch_add(1, Ordering::Relaxed) + 1;
    if call % 3 == 0 { Err(io::ErrorKind::Other.into()) } else { Ok(call) }
}

/// Never ends.
#[gauge_refresh(every = "10s", timeout = "500ms", name = "refreshed_never", help = "Never there.")]
async fn never() -> Result<f64, io::Error> {
    pending().await
}

/// Panics.
#[gauge_refresh(every = "1m", namespace = "shop")]
async fn refreshed_panics() -> Result<Duration, io::Error> {
    panic!("on purpose");
}

#[derive(LabelSet)]
struct Queue {
    queue: String,
    urgent: bool,
}

static QUEUES: Mutex<Vec<(&str, u64)>> = Mutex::new(Vec::new());

/// Messages that wait.
#[gauge_refresh(every = "30s", labels = Queue)]
async fn refreshed_waiting() -> Result<Vec<(Queue, u64)>, io::Error> {
    let queues = QUEUES.lock().expect("nobody panicked");
    Ok(queues
        .iter()
        .map(|&(queue, count)| (Queue { queue: queue.to_owned(), urgent: count > 1 }, count))
        .collect())
}

/// More series than a family has.
#[gauge_refresh(every = "60s", labels = Queue)]
async fn refreshed_too_many() -> Result<impl Iterator<Item = (Queue, u64)>, io::Error> {
    Ok((0..2001).map(|at| (Queue { queue: at.to_string(), urgent: false }, at)))
}

fn value(name: &str) -> Option<f64> {
    registry::snapshot().value(name, &[])
}

fn errors(gauge: &str, error: &str) -> Option<u64> {
    registry::snapshot()
        .counter("tallymark_gauge_refresh_errors_total", &[("gauge", gauge), ("error", error)])
}

#[tokio::test(start_paused = true)]
async fn values_are_kept_and_errors_counted() {
    assert_eq!(value("refreshed_calls"), None, "what was never fetched is not known");
    *QUEUES.lock().expect("nobody panicked") = vec![("mail", 1), ("push", 2)];
    let gauges = tallymark_tokio::refresh_gauges().expect("a runtime with timers");
    // At second 1 all have been called once, and what takes too long has been given up.
    sleep(Duration::from_secs(1)).await;
    assert_eq!(value("refreshed_calls"), Some(1.0));
    assert_eq!((value("refreshed_never"), errors("refreshed_never", "timeout")), (None, Some(1)));
    assert_eq!(value("shop_refreshed_panics"), None);
    assert_eq!(errors("shop_refreshed_panics", "panic"), Some(1));
    assert_eq!(errors("refreshed_too_many", "error"), Some(1));
    let waiting = |queue, urgent| {
        registry::snapshot().value("refreshed_waiting", &[("queue", queue), ("urgent", urgent)])
    };
    assert_eq!((waiting("mail", "false"), waiting("push", "true")), (Some(1.0), Some(2.0)));

    *QUEUES.lock().expect("nobody panicked") = vec![("push", 5)];
    sleep(Duration::from_secs(61)).await;
    assert_eq!(value("refreshed_calls"), Some(2.0));
    assert_eq!((waiting("mail", "false"), waiting("push", "true")), (None, Some(5.0)));
    assert_eq!(errors("refreshed_calls", "error"), None);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(CALLS.load(Ordering::Relaxed), 3);
    assert_eq!((value("refreshed_calls"), errors("refreshed_calls", "error")), (Some(2.0), Some(1)));
    assert_eq!(errors("shop_refreshed_panics", "panic"), Some(3));
    // Every ten and a half seconds: 0.5, 11, 21.5 and so on.
    assert_eq!(errors("refreshed_never", "timeout"), Some(12));

    drop(gauges);
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(CALLS.load(Ordering::Relaxed), 3);
    assert_eq!(value("refreshed_calls"), Some(2.0), "the last value is kept");
    assert_eq!(registry::check().map_err(|conflicts| conflicts.to_string()), Ok(()));
}

#[test]
fn there_has_to_be_a_runtime_with_timers() {
    assert_eq!(tallymark_tokio::refresh_gauges().err(), Some(BuildError::Runtime));
    let bare = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let error = bare.block_on(async { tallymark_tokio::refresh_gauges().err() });
    assert_eq!(error, Some(BuildError::Runtime));
    assert!(BuildError::Runtime.to_string().contains("enable_time"));
}

#[test]
fn other_runtimes_find_the_gauges() {
    let gauges = registry::gauge_refreshes();
    let names: Vec<_> = gauges.iter().map(|gauge| gauge.name()).collect();
    assert_eq!(
        names,
        [
            "refreshed_calls",
            "refreshed_never",
            "refreshed_too_many",
            "refreshed_waiting",
            "shop_refreshed_panics"
        ]
    );
    assert_eq!(
        (gauges[1].every(), gauges[1].timeout()),
        (Duration::from_secs(10), Duration::from_millis(500))
    );
    assert_eq!(gauges[0].timeout(), Duration::from_secs(5));
    assert_eq!(gauges[2].timeout(), Duration::from_secs(10));
}
