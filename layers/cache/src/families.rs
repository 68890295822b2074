//! The families, as they are declared at run time.

use super::labels::{BackendLabel, EvictionLabels, GetLabels, OperationLabels, WriteLabels};
use crate::{
    Buckets, Counter, Histogram, buckets, place,
    registry::{Declaration, DeclareError},
};

/// What `cache_entries` says of itself.
pub(super) const ENTRIES_HELP: &str = "Entries in the cache.";

/// From what a map in memory takes to what is wrong with a server: a microsecond to a second.
pub(super) static DURATIONS: &Buckets = buckets![
    1e-6, 5e-6, 1e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0
];

/// The families of [`Naming::Standard`](crate::Naming::Standard).
#[derive(Clone, Copy)]
pub(super) struct Standard {
    pub(super) gets: &'static Counter<GetLabels<'static>>,
    pub(super) sets: &'static Counter<WriteLabels<'static>>,
    pub(super) deletes: &'static Counter<WriteLabels<'static>>,
    pub(super) others: &'static Counter<WriteLabels<'static>>,
    pub(super) evictions: &'static Counter<EvictionLabels<'static>>,
    pub(super) durations: Option<&'static Histogram<OperationLabels<'static>>>,
}

impl Standard {
    /// Declares them, with durations if there are buckets for them.
    pub(super) fn declare(
        namespace: Option<&str>,
        buckets: Option<&'static Buckets>,
    ) -> Result<Self, DeclareError> {
        let declaration = |name, help| {
            let declaration = Declaration::new(name, help, place!());
            match namespace {
                Some(namespace) => declaration.namespace(namespace),
                None => declaration,
            }
        };
        let duration =
            declaration("cache_operation_duration_seconds", "Time that operations took.").unit("seconds");
        Ok(Self {
            gets: declaration("cache_gets_total", "Keys looked up, by result.").declare(Counter::new)?,
            sets: declaration("cache_sets_total", "Keys stored, by result.").declare(Counter::new)?,
            deletes: declaration("cache_deletes_total", "Keys deleted, by result.").declare(Counter::new)?,
            others: declaration(
                "cache_other_operations_total",
                "Operations that are neither lookups nor store or delete keys, by result.",
            )
            .declare(Counter::new)?,
            evictions: declaration("cache_evictions_total", "Entries that the cache took out, by cause.")
                .declare(Counter::new)?,
            durations: buckets.map(|buckets| duration.declare(|| Histogram::new(buckets))).transpose()?,
        })
    }
}

/// The families of [`Naming::Django`](crate::Naming::Django).
///
/// Source: django-prometheus 2.5, `django_prometheus/cache/metrics.py`.
pub(super) struct Django {
    pub(super) gets: &'static Counter<BackendLabel<'static>>,
    pub(super) hits: &'static Counter<BackendLabel<'static>>,
    pub(super) misses: &'static Counter<BackendLabel<'static>>,
    pub(super) fails: &'static Counter<BackendLabel<'static>>,
}

impl Django {
    pub(super) fn declare() -> Result<Self, DeclareError> {
        let declare = |name, help| Declaration::new(name, help, place!()).exact().declare(Counter::new);
        Ok(Self {
            gets: declare("django_cache_get_total", "Total get requests on cache")?,
            hits: declare("django_cache_get_hits_total", "Total hits on cache")?,
            misses: declare("django_cache_get_misses_total", "Total misses on cache")?,
            fails: declare("django_cache_get_fail_total", "Total get request failures by cache")?,
        })
    }
}
