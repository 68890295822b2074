//! Families as the tables about many series need them.

use std::{io::Write, sync::Mutex};

use tallymark::{
    Buckets, Counter, Histogram, buckets, metric, place,
    registry::{self, Declaration, Format as Ours},
};
use tallymark_benches::{
    harness::contender::Class,
    peer::{Format, HELP, Maker, Population, Shape, counter_name, histogram_name},
};

use super::Pair;

/// More than any table has.
const ALL: u32 = 2_000_000;

macro_rules! counters {
    ($($id:ident $name:tt),*) => {
        $(
            /// What this family counts, in a sentence.
            #[metric(name = $name)]
            static $id: Counter<Pair<'static>> = Counter::new().max_series(ALL);
        )*
        static COUNTERS: &[&Counter<Pair<'static>>] = &[$(&$id),*];
    };
}

const BOUNDS: &Buckets = buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

macro_rules! histograms {
    ($($id:ident $name:tt),*) => {
        $(
            /// What this family counts, in a sentence.
            #[metric(name = $name)]
            static $id: Histogram<Pair<'static>> = Histogram::new(BOUNDS).max_series(ALL);
        )*
        static HISTOGRAMS: &[&Histogram<Pair<'static>>] = &[$(&$id),*];
    };
}

counters!(
    C0 "bench_c0_total", C1 "bench_c1_total", C2 "bench_c2_total", C3 "bench_c3_total",
    C4 "bench_c4_total", C5 "bench_c5_total", C6 "bench_c6_total", C7 "bench_c7_total"
);

histograms!(H0 "bench_h0_seconds", H1 "bench_h1_seconds", H2 "bench_h2_seconds", H3 "bench_h3_seconds");

/// tallymark.
pub fn makers() -> Vec<Maker> {
    let make = |shape| Box::new(Families::new(shape)) as Box<dyn Population>;
    vec![Maker { class: Class::Ours, name: "tallymark", histograms: true, make }]
}

/// As many of the statics as are wanted, and what is declared if there are too few of them.
struct Families {
    counters: Vec<&'static Counter<Pair<'static>>>,
    histograms: Vec<&'static Histogram<Pair<'static>>>,
    buffer: Mutex<Vec<u8>>,
}

impl Families {
    fn new(shape: Shape) -> Self {
        let help = || format!("{HELP}.");
        let further = |family| {
            let declaration = Declaration::new(format!("{}_total", counter_name(family)), help(), place!());
            declaration.declare(|| Counter::new().max_series(ALL)).expect("a new name")
        };
        let counters = COUNTERS.iter().copied().take(shape.counters);
        let counters = counters.chain((COUNTERS.len()..shape.counters).map(further)).collect();
        let further = |family| {
            let declaration = Declaration::new(histogram_name(family), help(), place!()).unit("seconds");
            declaration.declare(|| Histogram::new(BOUNDS).max_series(ALL)).expect("a new name")
        };
        let histograms = HISTOGRAMS.iter().copied().take(shape.histograms);
        let histograms = histograms.chain((HISTOGRAMS.len()..shape.histograms).map(further)).collect();
        Self { counters, histograms, buffer: Mutex::default() }
    }
}

impl Population for Families {
    fn inc(&self, series: usize, [endpoint, customer]: [&str; 2]) {
        self.counters[series % self.counters.len()].with(Pair { endpoint, customer }).inc();
    }

    fn observe(&self, series: usize, [endpoint, customer]: [&str; 2], value: f64) {
        self.histograms[series % self.histograms.len()].with(Pair { endpoint, customer }).observe(value);
    }

    fn encode(&self, format: Format, take: &mut dyn FnMut(&str)) -> bool {
        let format = match format {
            Format::Text => Ours::Text004,
            Format::OpenMetrics => Ours::OpenMetrics100,
        };
        let mut buffer = self.buffer.lock().expect("not poisoned");
        buffer.clear();
        registry::encode(format, &mut buffer);
        take(std::str::from_utf8(&buffer).expect("text"));
        true
    }

    fn stream(&self, sink: &mut dyn Write) {
        for chunk in registry::chunks(Ours::Text004) {
            if sink.write_all(&chunk).is_err() {
                return;
            }
        }
    }
}
