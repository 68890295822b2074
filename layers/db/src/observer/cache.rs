//! Where the prepared statements of a database are counted.

use std::sync::{Mutex, OnceLock, atomic::AtomicU64};
use tallymark_core::{CounterHandle, GaugeHandle, UpDownHandle};

/// The series of one database, declared when something is reported of them; `None` if their names were taken.
#[derive(Debug)]
pub(super) struct CacheHandles {
    pub(super) hits: OnceLock<Option<CounterHandle>>,
    pub(super) misses: OnceLock<Option<CounterHandle>>,
    pub(super) unknown: OnceLock<Option<CounterHandle>>,
    pub(super) evictions: OnceLock<Option<CounterHandle>>,
    pub(super) entries: OnceLock<Option<UpDownHandle>>,
    pub(super) connection: OnceLock<Option<GaugeHandle>>,
    /// What `connection` was set to last. It is compared for each connection that is taken, and lies in fewer cache lines
    /// than the gauge.
    pub(super) shown: AtomicU64,
    /// Held to change `connection` and `shown` together.
    pub(super) writing: Mutex<()>,
}

/// No connection keeps so many.
const NOTHING_SHOWN: u64 = u64::MAX;

impl Default for CacheHandles {
    fn default() -> Self {
        Self {
            hits: OnceLock::new(),
            misses: OnceLock::new(),
            unknown: OnceLock::new(),
            evictions: OnceLock::new(),
            entries: OnceLock::new(),
            connection: OnceLock::new(),
            shown: AtomicU64::new(NOTHING_SHOWN),
            writing: Mutex::new(()),
        }
    }
}
