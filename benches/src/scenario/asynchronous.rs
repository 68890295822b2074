//! An async function that is ready at once, made and polled once: what timing it adds, and how much larger its
//! future becomes.
//!
//! The future's size is what a server pays for each request in flight. Its argument is 64 bytes, so that one more copy
//! of it shows. `tracing` is measured with a subscriber that takes the span and does nothing with it, and with one
//! that does not want it.

use std::sync::{
    Once,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use autometrics::{autometrics, settings::AutometricsSettings};
use tallymark_benches::harness::{
    contender::{Contender, unchecked},
    scenario::{Column, Method, Scenario},
    target::{Against, Target},
};
use tracing::{Event, Metadata, Subscriber, instrument, span, subscriber::Interest};

use crate::{
    operation::poll::{polled, work},
    ours,
};

const PLAIN: &str = "(the future, not timed)";

const COLUMNS: &[Column] = &[
    Column::least("min ns/op", "ns"),
    Column::median("median", "ns"),
    Column::least("future, bytes", "size"),
];

pub fn scenarios() -> [Scenario; 1] {
    [Scenario {
        id: "timed_async",
        title: "An async function, timed",
        note: "a future that is made, polled once and ready; and its size.",
        columns: COLUMNS,
        key: 0,
        limit: Some(PLAIN),
        method: Method::Loop { workers: 1, contenders },
        processes: u32::MAX,
        targets: vec![
            Target::times(1.0, Against::BestPeer),
            Target::times(1.0, Against::BestPeer).in_column(2),
        ],
        plot: None,
    }]
}

fn contenders() -> Vec<Contender> {
    let mut all = ours::asynchronous();
    all.extend([
        Contender::peer("autometrics #[autometrics]", || {
            let _ = AutometricsSettings::builder().service_name("bench").try_init();
            polled(automatic, |done| done.count(super::timed::autometrics_count()))
                .fact("size", size_of_val(&automatic([0; 8])) as f64)
        }),
        Contender::peer("tracing #[instrument], span taken", || {
            subscribe();
            polled(traced, |done| done.count(SPANS.load(Relaxed)))
                .fact("size", size_of_val(&traced([0; 8])) as f64)
        }),
        Contender::variant("tracing #[instrument], span not wanted", || {
            subscribe();
            polled(unwanted, unchecked).fact("size", size_of_val(&unwanted([0; 8])) as f64)
        }),
        Contender::limit(PLAIN, || polled(work, unchecked).fact("size", size_of_val(&work([0; 8])) as f64)),
    ]);
    all
}

#[autometrics]
async fn automatic(payload: [u64; 8]) -> Result<u64, ()> {
    work(payload).await
}

#[instrument(skip_all)]
async fn traced(payload: [u64; 8]) -> Result<u64, ()> {
    work(payload).await
}

#[instrument(skip_all)]
async fn unwanted(payload: [u64; 8]) -> Result<u64, ()> {
    work(payload).await
}

static SPANS: AtomicU64 = AtomicU64::new(0);

/// Takes the spans of one function and counts them.
struct Taker;

impl Subscriber for Taker {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.name() == "traced" { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.name() == "traced"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        SPANS.fetch_add(1, Relaxed);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

fn subscribe() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = tracing::subscriber::set_global_default(Taker);
    });
}
