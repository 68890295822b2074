//! What is set for a recorder.

use tallymark_core::{Buckets, Kind, bucket_layouts, registry::Registry};

/// Which histograms buckets are for, by their names as crates write them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Matcher {
    /// The histogram of this name.
    Full(String),
    /// Histograms whose names begin with this.
    Prefix(String),
    /// Histograms whose names end with this.
    Suffix(String),
}

/// What is set.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) max_series: u32,
    pub(crate) max_names: usize,
    pub(crate) recommended_naming: bool,
    pub(crate) registry: Option<Registry>,
    pub(crate) buckets: &'static Buckets,
    pub(crate) buckets_for: Vec<(Matcher, &'static Buckets)>,
    /// Of counters, gauges and histograms.
    pub(crate) idle: [u32; 3],
}

impl Settings {
    pub(crate) fn new() -> Self {
        Self {
            max_series: 2_000,
            max_names: 10_000,
            recommended_naming: false,
            registry: None,
            buckets: bucket_layouts::DEFAULT,
            buckets_for: Vec::new(),
            idle: [0; 3],
        }
    }

    /// Returns after how many seconds without a change a series is removed; 0 for never.
    pub(crate) fn idle_seconds(&self, kind: Kind) -> u32 {
        let [counter, gauge, histogram] = self.idle;
        match kind {
            Kind::Counter => counter,
            Kind::Gauge => gauge,
            _ => histogram,
        }
    }

    /// Returns the buckets of a histogram: those for its name, for the longest prefix, for the longest suffix, or for all.
    pub(crate) fn buckets_of(&self, name: &str) -> &'static Buckets {
        let rank = |matcher: &Matcher| match matcher {
            Matcher::Full(full) => (name == full).then_some((2, full.len())),
            Matcher::Prefix(prefix) => name.starts_with(&**prefix).then_some((1, prefix.len())),
            Matcher::Suffix(suffix) => name.ends_with(&**suffix).then_some((0, suffix.len())),
        };
        let ranked =
            self.buckets_for.iter().filter_map(|(matcher, buckets)| Some((rank(matcher)?, *buckets)));
        ranked.max_by_key(|(rank, _)| *rank).map_or(self.buckets, |(_, buckets)| buckets)
    }
}
