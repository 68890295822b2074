//! Scrapes that come at the same time as others.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use tallymark::{
    Counter, LabelSet, exporter, metric,
    registry::{self, CollectError, Collector, Families},
};
use tokio::runtime::Builder;
use tower::ServiceExt;

const THREADS: usize = 6;
const ROUNDS: usize = 100;

/// Counted by those who scrape, each time before they do. Of all metrics here it is shown first.
#[metric(namespace = "aboard")]
static VISITS_TOTAL: Counter = Counter::new();

#[derive(LabelSet)]
struct Seat {
    number: u16,
}

/// So many that it takes a while to show what comes behind the visits.
#[metric(namespace = "aboard")]
static WAVES_TOTAL: Counter<Seat> = Counter::new();

/// The value of a counter without labels.
fn shown(text: &str, counter: &str) -> u64 {
    let mut values = text.lines().filter_map(|line| line.strip_prefix(counter)?.strip_prefix(' '));
    values.next().and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{counter} in {text}"))
}

/// As in the tests of applications: each thread has a runtime and a router of its own, counts something, and looks for it.
fn visit(count: impl Fn() + Sync, name: &str) {
    let visits = AtomicU64::new(0);
    let visit = |accept: &'static str| {
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        let app: Router = Router::new().route_service("/metrics", exporter::service());
        for _ in 0..ROUNDS {
            count();
            // So often it was counted before the scrape comes, by whichever thread.
            let counted = visits.fetch_add(1, Ordering::SeqCst) + 1;
            let text = runtime.block_on(async {
                let request = Request::get("/metrics")
                    .header(header::ACCEPT, accept)
                    .body(Body::empty())
                    .expect("a request");
                let Ok(response) = app.clone().oneshot(request).await;
                to_bytes(response.into_body(), usize::MAX).await.expect("the whole body")
            });
            let shown = shown(&String::from_utf8_lossy(&text), name);
            assert!(shown >= counted, "{shown} of {counted}");
        }
    };
    // Those that ask for different formats share what collectors hand over, and nothing else.
    let formats = ["text/plain", "application/openmetrics-text"].into_iter().cycle();
    thread::scope(|scope| {
        for accept in formats.take(THREADS) {
            scope.spawn(move || visit(accept));
        }
    });
}

#[test]
fn nothing_counted_is_missing() {
    (0..1000).for_each(|number| WAVES_TOTAL.with(Seat { number }).inc());
    visit(|| VISITS_TOTAL.inc(), "aboard_visits_total");
}

/// What is counted elsewhere. It is looked at before everything else is handed over, which takes a while, too.
struct Tide(Arc<AtomicU64>);

impl Collector for Tide {
    fn name(&self) -> &'static str {
        "tide"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        families.counter("aboard_tides_total", "Tides.").number(&[], self.0.load(Ordering::Relaxed));
        let mut waves = families.gauge("aboard_wave_meters", "Waves.");
        for number in 0..1000 {
            waves.number(&[("number", &number.to_string())], 1_u64);
        }
        Ok(())
    }
}

#[test]
fn nothing_that_is_collected_is_missing() {
    let tides = Arc::new(AtomicU64::new(0));
    let _registration = registry::register_collector(Tide(Arc::clone(&tides)));
    let count = || {
        tides.fetch_add(1, Ordering::Relaxed);
    };
    visit(count, "aboard_tides_total");
}
