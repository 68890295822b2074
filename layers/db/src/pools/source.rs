//! What a pool shows of itself.

use crate::PoolState;
use std::time::Duration;

/// A pool that shows how many connections it has. The packages for pools implement it for a handle of theirs.
pub trait PoolSource: Send + Sync + 'static {
    /// Returns the connections of the pool at this moment.
    fn state(&self) -> PoolState;

    /// Returns how many connections the pool has closed so far, by reason, if it counts that.
    fn closed(&self) -> Vec<(&'static str, u64)> {
        Vec::new()
    }

    /// Returns what became of the calls for a connection so far, if the pool counts that.
    fn gets(&self) -> Option<PoolGets> {
        None
    }
}

/// What a pool counts itself of calls for a connection, observed or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolGets {
    /// Those that got one at once.
    pub direct: u64,
    /// Those that had to wait for one.
    pub waited: u64,
    /// Those that have waited in vain.
    pub timed_out: u64,
    /// How long all of them have waited.
    pub wait_time: Duration,
}
