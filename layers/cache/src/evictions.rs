//! Counting what a cache removes by itself.

use crate::labels::EvictionCause;
use tallymark_core::CounterHandle;

/// Counts entries that a cache removes by itself; returned by [`Cache::evictions`](crate::Cache::evictions).
///
/// It is two handles that can be copied and keep nothing alive, so an eviction listener can hold it.
#[derive(Clone, Copy, Debug)]
pub struct Evictions {
    pub(crate) size: CounterHandle,
    pub(crate) expired: CounterHandle,
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
        match cause {
            EvictionCause::Size => self.size.inc_by(entries),
            EvictionCause::Expired => self.expired.inc_by(entries),
        }
    }
}
