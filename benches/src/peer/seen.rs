//! What an exposition says, to be compared with what was counted.

use super::population::{Format, Population};

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
