//! Scrapes that come at the same time as others.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use tallymark::{Counter, exporter, metric};
use tokio::runtime::Builder;
use tower::ServiceExt;

const THREADS: usize = 6;
const ROUNDS: usize = 200;

/// Counted by those who scrape, each time before they do.
#[metric(namespace = "together")]
static VISITS_TOTAL: Counter = Counter::new();

/// The value of a counter without labels.
fn shown(text: &str, counter: &str) -> u64 {
    let mut values = text.lines().filter_map(|line| line.strip_prefix(counter)?.strip_prefix(' '));
    values.next().and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{counter} in {text}"))
}

/// As in the tests of applications: each thread has a runtime and a router of its own, counts something, and looks for it.
fn visit(count: impl Fn() + Sync, counter: &str) {
    let visits = AtomicU64::new(0);
    let visit = || {
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        let app: Router = Router::new().route_service("/metrics", exporter::service());
        for _ in 0..ROUNDS {
            count();
            // So often it was counted before the scrape comes, by whichever thread.
            let counted = visits.fetch_add(1, Ordering::SeqCst) + 1;
            let text = runtime.block_on(async {
                let request = Request::get("/metrics").body(Body::empty()).expect("a request");
                let Ok(response) = app.clone().oneshot(request).await;
                to_bytes(response.into_body(), usize::MAX).await.expect("the whole body")
            });
            let shown = shown(&String::from_utf8_lossy(&text), counter);
            assert!(shown >= counted, "{shown} of {counted}");
        }
    };
    thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(visit))));
}

#[test]
fn nothing_counted_is_missing() {
    visit(|| VISITS_TOTAL.inc(), "together_visits_total");
}

/// Nor is what a collector hands over.
#[cfg(feature = "prometheus")]
#[test]
fn nothing_counted_elsewhere_is_missing() {
    let counter = prometheus::IntCounter::new("elsewhere_visits_total", "Visits.").expect("a name");
    prometheus::register(Box::new(counter.clone())).expect("a new name");
    visit(|| counter.inc(), "elsewhere_visits_total");
}
