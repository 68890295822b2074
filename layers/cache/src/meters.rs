//! The series of one cache, looked up once when it is built.

use crate::{
    evictions::Evictions,
    families::{self, Families},
    labels::{
        BackendLabel, CacheOperation, EvictionCause, EvictionLabels, GetLabels, GetResult, OperationLabels,
        WriteKind, WriteLabels, WriteResult,
    },
};
use std::fmt;
use tallymark_core::{Counter, CounterHandle, HistogramHandle, Timer};

/// What one cache counts in.
pub(crate) struct Meters {
    /// The value of the label `cache`.
    name: String,
    /// The value of the label `backend`.
    backend: String,
    gets: Gets,
    sets: Writes,
    deletes: Writes,
    evictions: Evictions,
    durations: Option<Durations>,
    /// For the series that are too rare to keep handles for.
    families: Families,
}

/// The counters of lookups.
enum Gets {
    Standard { hit: CounterHandle, miss: CounterHandle, error: CounterHandle, cancelled: CounterHandle },
    Django { all: CounterHandle, hits: CounterHandle, misses: CounterHandle, fails: CounterHandle },
}

impl Gets {
    fn new(families: families::Gets, cache: &str, backend: &str) -> Self {
        match families {
            families::Gets::Standard(family) => {
                let with = |result| family.with(GetLabels { cache, backend, result });
                Self::Standard {
                    hit: with(GetResult::Hit),
                    miss: with(GetResult::Miss),
                    error: with(GetResult::Error),
                    cancelled: with(GetResult::Cancelled),
                }
            }
            families::Gets::Django(families) => Self::Django {
                all: families.all.with(BackendLabel { backend }),
                hits: families.hits.with(BackendLabel { backend }),
                misses: families.misses.with(BackendLabel { backend }),
                fails: families.fails.with(BackendLabel { backend }),
            },
        }
    }

    #[inline]
    fn count(&self, result: GetResult, keys: u64) {
        match self {
            Self::Standard { hit, miss, error, cancelled } => match result {
                GetResult::Hit => hit.inc_by(keys),
                GetResult::Miss => miss.inc_by(keys),
                GetResult::Error => error.inc_by(keys),
                GetResult::Cancelled => cancelled.inc_by(keys),
            },
            Self::Django { all, hits, misses, fails } => {
                all.inc_by(keys);
                match result {
                    GetResult::Hit => hits.inc_by(keys),
                    GetResult::Miss => misses.inc_by(keys),
                    GetResult::Error => fails.inc_by(keys),
                    // django-prometheus has no family for them.
                    GetResult::Cancelled => {}
                }
            }
        }
    }
}

/// The counters of one kind of write, by result.
struct Writes {
    ok: CounterHandle,
    unchanged: CounterHandle,
    error: CounterHandle,
    cancelled: CounterHandle,
}

impl Writes {
    fn new(family: &Counter<WriteLabels<'static>>, cache: &str, backend: &str) -> Self {
        let with = |result| family.with(WriteLabels { cache, backend, result });
        Self {
            ok: with(WriteResult::Ok),
            unchanged: with(WriteResult::Unchanged),
            error: with(WriteResult::Error),
            cancelled: with(WriteResult::Cancelled),
        }
    }

    #[inline]
    fn of(&self, result: WriteResult) -> CounterHandle {
        match result {
            WriteResult::Ok => self.ok,
            WriteResult::Unchanged => self.unchanged,
            WriteResult::Error => self.error,
            WriteResult::Cancelled => self.cancelled,
        }
    }
}

#[derive(Clone, Copy)]
struct Durations {
    get: HistogramHandle,
    load: HistogramHandle,
    set: HistogramHandle,
    delete: HistogramHandle,
}

impl Meters {
    pub(crate) fn new(families: Families, name: String, backend: String) -> Self {
        let (cache, kind) = (name.as_str(), backend.as_str());
        let evicted = |cause| families.evictions.with(EvictionLabels { cache, backend: kind, cause });
        let durations = families.durations.map(|durations| {
            let with = |operation| durations.with(OperationLabels { cache, backend: kind, operation });
            Durations {
                get: with(CacheOperation::Get),
                load: with(CacheOperation::Load),
                set: with(CacheOperation::Set),
                delete: with(CacheOperation::Delete),
            }
        });
        Self {
            gets: Gets::new(families.gets, cache, kind),
            sets: Writes::new(families.sets, cache, kind),
            deletes: Writes::new(families.deletes, cache, kind),
            evictions: Evictions {
                size: evicted(EvictionCause::Size),
                expired: evicted(EvictionCause::Expired),
            },
            durations,
            families,
            name,
            backend,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn backend(&self) -> &str {
        &self.backend
    }

    pub(crate) fn evictions(&self) -> Evictions {
        self.evictions
    }

    #[inline]
    pub(crate) fn count_gets(&self, result: GetResult, keys: u64) {
        self.gets.count(result, keys);
    }

    #[inline]
    pub(crate) fn count_writes(&self, kind: WriteKind, result: WriteResult, keys: u64) {
        let counter = match kind {
            WriteKind::Set => self.sets.of(result),
            WriteKind::Delete => self.deletes.of(result),
            WriteKind::Other => {
                let (cache, backend) = (self.name.as_str(), self.backend.as_str());
                self.families.others.with(WriteLabels { cache, backend, result })
            }
        };
        counter.inc_by(keys);
    }

    #[inline]
    pub(crate) fn duration(&self, operation: CacheOperation) -> Option<HistogramHandle> {
        let durations = self.durations?;
        match operation {
            CacheOperation::Get => Some(durations.get),
            CacheOperation::Load => Some(durations.load),
            CacheOperation::Set => Some(durations.set),
            CacheOperation::Delete => Some(durations.delete),
            CacheOperation::Other | CacheOperation::Pipeline => {
                let (cache, backend) = (self.name.as_str(), self.backend.as_str());
                Some(self.families.durations?.with(OperationLabels { cache, backend, operation }))
            }
        }
    }

    #[inline]
    pub(crate) fn timer(&self, operation: CacheOperation) -> Option<Timer<HistogramHandle>> {
        self.duration(operation).map(HistogramHandle::start_timer)
    }
}

impl fmt::Debug for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, backend, .. } = self;
        f.debug_struct("Cache").field("name", name).field("backend", backend).finish_non_exhaustive()
    }
}
