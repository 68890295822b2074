//! The other libraries, each the way its documentation shows it.
//!
//! A [`Population`] is what tables about many series need: some families of counters and histograms with two labels
//! of text, a way to count in them, and the library's own exposition.

pub mod fastmetrics;
pub mod foundations;
pub mod measured;
pub mod metered;
pub mod metrics;
pub mod metriken;
pub mod opentelemetry;
pub mod prometheus;
pub mod prometheus_client;

use std::io::Write;

use crate::harness::contender::Class;

/// How many families there are.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Families of counters.
    pub counters: usize,
    /// Families of histograms with the eleven bounds.
    pub histograms: usize,
    /// The most series that any family will have, for libraries that must know.
    pub series: usize,
}

/// An exposition format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Prometheus text 0.0.4.
    Text,
    /// OpenMetrics 1.0.
    OpenMetrics,
}

/// Families of one library.
pub trait Population: Send + Sync {
    /// Counts one in a counter family for the first time with these labels.
    fn create(&self, series: usize, labels: [&str; 2]) {
        self.inc(series, labels);
    }

    /// Counts one in a counter family. `series` chooses the family, and is the number that these labels always come
    /// with, for the library that has no lookup by labels.
    fn inc(&self, series: usize, labels: [&str; 2]);

    /// Observes a value in a histogram family.
    fn observe(&self, series: usize, labels: [&str; 2], value: f64);

    /// Hands the exposition to `take`; `false` if the library does not write this format.
    fn encode(&self, format: Format, take: &mut dyn FnMut(&str)) -> bool;

    /// Writes the exposition piece by piece where the library can, and else whole.
    fn stream(&self, sink: &mut dyn Write) {
        for format in [Format::Text, Format::OpenMetrics] {
            if self.encode(format, &mut |text| _ = sink.write_all(text.as_bytes())) {
                return;
            }
        }
    }
}

/// A library's populations.
#[derive(Clone, Copy)]
pub struct Maker {
    /// What the row stands for.
    pub class: Class,
    /// The row's name.
    pub name: &'static str,
    /// Whether it has histograms with bounds of one's choice.
    pub histograms: bool,
    /// Makes the families.
    pub make: fn(Shape) -> Box<dyn Population>,
}

/// All libraries.
pub fn all() -> Vec<Maker> {
    let peer = |name, make| Maker { class: Class::Peer, name, histograms: true, make };
    vec![
        peer("prometheus", |shape| Box::new(prometheus::Families::new(shape))),
        peer("prometheus-client", |shape| Box::new(prometheus_client::Families::new(shape))),
        peer("metrics", |shape| Box::new(metrics::Families::new(shape))),
        peer("measured", |shape| Box::new(measured::Families::new(shape))),
        peer("foundations-metrics", |shape| Box::new(foundations::Families::new(shape))),
        peer("opentelemetry", |shape| Box::new(opentelemetry::Families::new(shape))),
        peer("fastmetrics", |shape| Box::new(fastmetrics::Families::new(shape))),
        peer("metered", |shape| Box::new(metered::Families::new(shape))),
        Maker {
            class: Class::Peer,
            name: "metriken",
            histograms: false,
            make: |shape| Box::new(metriken::Families::new(shape)),
        },
    ]
}

/// The name of a counter family, without `_total`.
pub fn counter_name(family: usize) -> String {
    format!("bench_c{family}")
}

/// The name of a histogram family.
pub fn histogram_name(family: usize) -> String {
    format!("bench_h{family}_seconds")
}

/// The help of every family.
pub const HELP: &str = "What this family counts, in a sentence";

/// What a text exposition says of the families: the sum of all counters, of all `_count`s, and the sample lines.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// The sum over all counters.
    pub counted: u64,
    /// The sum over all histograms' counts.
    pub observed: u64,
    /// The sum over all histograms' sums.
    pub sum: f64,
    /// Lines that are not comments.
    pub samples: usize,
}

/// Reads an exposition.
pub fn read(exposition: &str) -> Seen {
    let mut seen = Seen::default();
    for line in exposition.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        seen.samples += 1;
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        let value: f64 = line.rsplit(' ').next().and_then(|value| value.parse().ok()).unwrap_or(0.0);
        if name.starts_with("bench_c") && !name.ends_with("_created") {
            seen.counted += value as u64;
        } else if name.starts_with("bench_h") && name.ends_with("_count") {
            seen.observed += value as u64;
        } else if name.starts_with("bench_h") && name.ends_with("_sum") {
            seen.sum += value;
        }
    }
    seen
}

/// Reads what a population exposes.
pub fn seen(population: &(impl Population + ?Sized)) -> Seen {
    let mut seen = Seen::default();
    if !population.encode(Format::Text, &mut |text| seen = read(text)) {
        population.encode(Format::OpenMetrics, &mut |text| seen = read(text));
    }
    seen
}
