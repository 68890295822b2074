//! What tables about many series need: some families of counters and histograms with two labels of text, a way to count
//! in them, and the library's own exposition.

use std::io::Write;

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
