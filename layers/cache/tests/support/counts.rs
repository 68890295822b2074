//! What the registry shows of one cache. The tests of all cache packages include this file.

#![allow(dead_code, reason = "no package uses all of it")]

use tallymark_core::{registry, snapshot::Snapshot};

pub(crate) struct Counts {
    snapshot: Snapshot,
    cache: &'static str,
    backend: &'static str,
}

pub(crate) fn counts(cache: &'static str, backend: &'static str) -> Counts {
    Counts { snapshot: registry::snapshot(), cache, backend }
}

impl Counts {
    fn counter(&self, family: &str, label: &str, value: &str) -> u64 {
        let labels = [("cache", self.cache), ("backend", self.backend), (label, value)];
        self.snapshot.counter(family, &labels).unwrap_or(0)
    }

    /// Hits, misses, errors, cancelled.
    pub(crate) fn gets(&self) -> [u64; 4] {
        ["hit", "miss", "error", "cancelled"].map(|result| self.counter("cache_gets_total", "result", result))
    }

    fn writes(&self, family: &str) -> [u64; 4] {
        ["ok", "unchanged", "error", "cancelled"].map(|result| self.counter(family, "result", result))
    }

    /// Done, unchanged, errors, cancelled.
    pub(crate) fn sets(&self) -> [u64; 4] {
        self.writes("cache_sets_total")
    }

    /// Done, unchanged, errors, cancelled.
    pub(crate) fn deletes(&self) -> [u64; 4] {
        self.writes("cache_deletes_total")
    }

    /// Done, unchanged, errors, cancelled.
    pub(crate) fn others(&self) -> [u64; 4] {
        self.writes("cache_other_operations_total")
    }

    /// By size, by time.
    pub(crate) fn evictions(&self) -> [u64; 2] {
        ["size", "expired"].map(|cause| self.counter("cache_evictions_total", "cause", cause))
    }

    /// How many durations there are of an operation.
    pub(crate) fn timed(&self, operation: &str) -> u64 {
        let labels = [("cache", self.cache), ("backend", self.backend), ("operation", operation)];
        let histogram = self.snapshot.histogram("cache_operation_duration_seconds", &labels);
        histogram.map_or(0, |histogram| histogram.counts.iter().sum())
    }

    pub(crate) fn entries(&self) -> Option<f64> {
        self.snapshot.value("cache_entries", &[("cache", self.cache), ("backend", self.backend)])
    }
}
