//! What hands out connections.

use super::{manager::polled, watch::PoolWatch};
use crate::{Database, PoolState, Wait};
use std::{fmt, ops::Deref, sync::Arc, time::Duration};

/// A pool that can tell how many connections it has: one of deadpool, bb8 or r2d2, or another.
pub trait ObservablePool: Clone + Send + Sync + 'static {
    /// The pool at this moment.
    fn state(&self) -> PoolState;

    /// How many connections it has closed so far, by reason, if it counts that.
    fn closed(&self) -> Vec<(&'static str, u64)> {
        Vec::new()
    }

    /// What became of those who have asked it for a connection so far, if it counts that.
    fn gets(&self) -> Option<PoolGets> {
        None
    }
}

/// What a pool counts of those who ask it for a connection, whether or not it is an [`ObservedPool`] that they ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolGets {
    /// Those who got one at once.
    pub direct: u64,
    /// Those who had to wait for one.
    pub waited: u64,
    /// Those who have waited in vain.
    pub timed_out: u64,
    /// How long all of them have waited.
    pub wait_time: Duration,
}

/// A pool whose waits are counted and whose connections are shown. See the [module](super).
///
/// A clone is the same pool. The connections are shown as long as one is left.
#[derive(Clone)]
pub struct ObservedPool<P> {
    pool: P,
    database: Database,
    _watch: Arc<PoolWatch>,
}

impl<P: ObservablePool> ObservedPool<P> {
    /// Counts a pool as that of a database.
    pub fn new(database: Database, pool: P) -> Self {
        let watch = PoolWatch::new(database, &pool);
        Self { pool, database, _watch: Arc::new(watch) }
    }
}

impl<P> ObservedPool<P> {
    /// The database that the pool's connections are counted for.
    pub fn database(&self) -> Database {
        self.database
    }

    /// Waits for a connection without blocking.
    #[cfg(any(feature = "deadpool", feature = "bb8"))]
    pub(super) async fn waited<F: Future>(&self, future: F) -> (Wait, F::Output) {
        let mut wait = self.database.wait();
        let mut future = std::pin::pin!(future);
        let output =
            std::future::poll_fn(|context| wait.watch(|| polled(|| future.as_mut().poll(context)))).await;
        (wait, output)
    }

    /// Waits for a connection.
    #[cfg(feature = "r2d2")]
    pub(super) fn blocked<T>(&self, get: impl FnOnce() -> T) -> (Wait, T) {
        let mut wait = self.database.wait();
        let output = wait.watch(|| polled(get));
        (wait, output)
    }
}

impl<P> Deref for ObservedPool<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.pool
    }
}

impl<P: fmt::Debug> fmt::Debug for ObservedPool<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedPool").field("pool", &self.pool).finish_non_exhaustive()
    }
}
