//! The families, which are declared at run time because namespace and naming are settings.

use crate::labels::{BackendLabel, EvictionLabels, GetLabels, OperationLabels, WriteLabels};
use tallymark_core::{
    Buckets, Counter, Histogram, Naming, buckets, place,
    registry::{Declaration, DeclareError},
};

/// The name of the family of entries, before a namespace is put before it.
pub(crate) const ENTRIES: &str = "cache_entries";
/// The name of the family of durations, before a namespace is put before it.
pub(crate) const OPERATION_DURATION: &str = "cache_operation_duration_seconds";
/// The help text of the family of entries.
pub(crate) const ENTRIES_HELP: &str = "Entries in the cache.";

/// From what a map in memory takes to what says that a server is in trouble: a microsecond to a second.
pub(crate) static DURATIONS: &Buckets = buckets![
    1e-6, 5e-6, 1e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0
];

/// All families but that of entries, which a collector hands over.
#[derive(Clone, Copy)]
pub(crate) struct Families {
    pub(crate) gets: Gets,
    pub(crate) sets: &'static Counter<WriteLabels<'static>>,
    pub(crate) deletes: &'static Counter<WriteLabels<'static>>,
    pub(crate) others: &'static Counter<WriteLabels<'static>>,
    pub(crate) evictions: &'static Counter<EvictionLabels<'static>>,
    pub(crate) durations: Option<&'static Histogram<OperationLabels<'static>>>,
}

/// The families of lookups, the only ones whose names depend on the naming.
#[derive(Clone, Copy)]
pub(crate) enum Gets {
    Standard(&'static Counter<GetLabels<'static>>),
    Django(DjangoGets),
}

impl Families {
    /// Declares the families, the one of durations only if there are buckets for it.
    pub(crate) fn declare(
        naming: Naming,
        namespace: Option<&str>,
        buckets: Option<&'static Buckets>,
    ) -> Result<Self, DeclareError> {
        let declaration = |name, help| Declaration::new(name, help, place!()).namespace(namespace);
        let gets = match naming {
            Naming::Django => Gets::Django(DjangoGets::declare(namespace)?),
            _ => Gets::Standard(
                declaration("cache_gets_total", "Keys looked up, by result.").declare(Counter::new)?,
            ),
        };
        let duration = declaration(OPERATION_DURATION, "Time that operations took.").unit("seconds");
        Ok(Self {
            gets,
            sets: declaration("cache_sets_total", "Keys stored, by result.").declare(Counter::new)?,
            deletes: declaration("cache_deletes_total", "Keys deleted, by result.").declare(Counter::new)?,
            others: declaration(
                "cache_other_operations_total",
                "Operations that are neither lookups nor store or delete keys, by result.",
            )
            .declare(Counter::new)?,
            evictions: declaration(
                "cache_evictions_total",
                "Entries that the cache itself removed, by cause.",
            )
            .declare(Counter::new)?,
            durations: buckets.map(|buckets| duration.declare(|| Histogram::new(buckets))).transpose()?,
        })
    }
}

/// The families of lookups under [`Naming::Django`].
///
/// Source: django-prometheus 2.5, `django_prometheus/cache/metrics.py`.
#[derive(Clone, Copy)]
pub(crate) struct DjangoGets {
    pub(crate) all: &'static Counter<BackendLabel<'static>>,
    pub(crate) hits: &'static Counter<BackendLabel<'static>>,
    pub(crate) misses: &'static Counter<BackendLabel<'static>>,
    pub(crate) fails: &'static Counter<BackendLabel<'static>>,
}

impl DjangoGets {
    fn declare(namespace: Option<&str>) -> Result<Self, DeclareError> {
        let declare = |name, help| {
            let declaration = Declaration::new(name, help, place!()).allow_any_name();
            declaration.namespace(namespace).declare(Counter::new)
        };
        Ok(Self {
            all: declare("django_cache_get_total", "Total get requests on cache")?,
            hits: declare("django_cache_get_hits_total", "Total hits on cache")?,
            misses: declare("django_cache_get_misses_total", "Total misses on cache")?,
            fails: declare("django_cache_get_fail_total", "Total get request failures by cache")?,
        })
    }
}
