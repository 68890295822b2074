//! The series of one cache, looked up once when it is built.

use super::{
    families::{Django, Standard},
    labels::{
        BackendLabel, EvictionCause, EvictionLabels, GetLabels, GetResult, Operation, OperationLabels,
        WriteLabels, WriteResult,
    },
};
use crate::{Counter, CounterHandle, HistogramHandle};

/// What a cache counts in.
pub(super) enum Meters {
    Standard(Box<StandardMeters>),
    Django(DjangoMeters),
}

impl Meters {
    pub(super) fn standard(families: Standard, cache: &str, backend: &str) -> Self {
        Self::Standard(Box::new(StandardMeters::new(families, cache, backend)))
    }

    pub(super) fn django(families: &Django, backend: &str) -> Self {
        Self::Django(DjangoMeters {
            all: families.gets.with(BackendLabel { backend }),
            hits: families.hits.with(BackendLabel { backend }),
            misses: families.misses.with(BackendLabel { backend }),
            fails: families.fails.with(BackendLabel { backend }),
        })
    }
}

/// Counters of lookups, by result.
struct Gets {
    hit: CounterHandle,
    miss: CounterHandle,
    error: CounterHandle,
    cancelled: CounterHandle,
}

/// Counters of everything else, by result.
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

/// Counts entries that a cache took out by itself. Small, and keeps nothing alive: this is what an eviction listener
/// holds. See [`Cache::evictions`](super::Cache::evictions).
#[derive(Clone, Copy, Debug)]
pub struct Evictions {
    handles: Option<(CounterHandle, CounterHandle)>,
}

impl Evictions {
    /// Counts one entry.
    #[inline]
    pub fn count(self, cause: EvictionCause) {
        self.count_many(cause, 1);
    }

    /// Counts several entries.
    #[inline]
    pub fn count_many(self, cause: EvictionCause, entries: u64) {
        if let Some((size, expired)) = self.handles {
            match cause {
                EvictionCause::Size => size.inc_by(entries),
                EvictionCause::Expired => expired.inc_by(entries),
            }
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

/// The series under [`Naming::Standard`](crate::Naming::Standard).
pub(super) struct StandardMeters {
    gets: Gets,
    sets: Writes,
    deletes: Writes,
    evictions: Evictions,
    durations: Option<Durations>,
    families: Standard,
}

impl StandardMeters {
    fn new(families: Standard, cache: &str, backend: &str) -> Self {
        let get = |result| families.gets.with(GetLabels { cache, backend, result });
        let evicted = |cause| families.evictions.with(EvictionLabels { cache, backend, cause });
        Self {
            gets: Gets {
                hit: get(GetResult::Hit),
                miss: get(GetResult::Miss),
                error: get(GetResult::Error),
                cancelled: get(GetResult::Cancelled),
            },
            sets: Writes::new(families.sets, cache, backend),
            deletes: Writes::new(families.deletes, cache, backend),
            evictions: Evictions {
                handles: Some((evicted(EvictionCause::Size), evicted(EvictionCause::Expired))),
            },
            durations: families.durations.map(|durations| {
                let with = |operation| durations.with(OperationLabels { cache, backend, operation });
                Durations {
                    get: with(Operation::Get),
                    load: with(Operation::Load),
                    set: with(Operation::Set),
                    delete: with(Operation::Delete),
                }
            }),
            families,
        }
    }
}

/// The series under [`Naming::Django`](crate::Naming::Django).
pub(super) struct DjangoMeters {
    all: CounterHandle,
    hits: CounterHandle,
    misses: CounterHandle,
    fails: CounterHandle,
}

/// What is counted besides lookups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    Set,
    Delete,
    Other,
}

impl Write {
    pub(super) fn operation(self) -> Operation {
        match self {
            Self::Set => Operation::Set,
            Self::Delete => Operation::Delete,
            Self::Other => Operation::Other,
        }
    }
}

impl Meters {
    #[inline]
    pub(super) fn count_gets(&self, result: GetResult, keys: u64) {
        match self {
            Self::Standard(meters) => {
                let counter = match result {
                    GetResult::Hit => meters.gets.hit,
                    GetResult::Miss => meters.gets.miss,
                    GetResult::Error => meters.gets.error,
                    GetResult::Cancelled => meters.gets.cancelled,
                };
                counter.inc_by(keys);
            }
            Self::Django(meters) => {
                meters.all.inc_by(keys);
                match result {
                    GetResult::Hit => meters.hits.inc_by(keys),
                    GetResult::Miss => meters.misses.inc_by(keys),
                    GetResult::Error => meters.fails.inc_by(keys),
                    GetResult::Cancelled => {}
                }
            }
        }
    }

    /// What is no lookup or too rare to keep handles for is looked up by the names of cache and backend.
    #[inline]
    pub(super) fn count(&self, what: Write, result: WriteResult, keys: u64, cache: &str, backend: &str) {
        if let Self::Standard(meters) = self {
            let counter = match what {
                Write::Set => meters.sets.of(result),
                Write::Delete => meters.deletes.of(result),
                Write::Other => meters.families.others.with(WriteLabels { cache, backend, result }),
            };
            counter.inc_by(keys);
        }
    }

    #[inline]
    pub(super) fn duration(
        &self,
        operation: Operation,
        cache: &str,
        backend: &str,
    ) -> Option<HistogramHandle> {
        let Self::Standard(meters) = self else { return None };
        let durations = meters.durations?;
        match operation {
            Operation::Get => Some(durations.get),
            Operation::Load => Some(durations.load),
            Operation::Set => Some(durations.set),
            Operation::Delete => Some(durations.delete),
            Operation::Other | Operation::Pipeline => {
                let family = meters.families.durations?;
                Some(family.with(OperationLabels { cache, backend, operation }))
            }
        }
    }

    pub(super) fn evictions(&self) -> Evictions {
        match self {
            Self::Standard(meters) => meters.evictions,
            Self::Django(_) => Evictions { handles: None },
        }
    }
}
