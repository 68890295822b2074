//! Waiting for connections.

use bb8::{ManageConnection, Pool, PooledConnection, RunError};
use std::{fmt, ops::Deref, sync::Arc};
use tallymark_db::{
    Database, ErrorKind, PoolState, Wait,
    pools::{PoolGets, PoolSource, PoolWatch, wait_for},
};

/// A pool whose waits are counted and whose connections are shown.
///
/// It dereferences to the pool inside, whose own `get` is not observed. A clone is the same pool; the connections are shown
/// as long as one is left.
#[derive(Clone)]
pub struct InstrumentedPool<P> {
    pool: P,
    database: Database,
    _watch: Arc<PoolWatch>,
}

impl<M: ManageConnection> InstrumentedPool<Pool<M>> {
    /// Observes a pool as one of a database.
    pub fn new(pool: Pool<M>, database: Database) -> Self {
        let watch = watch(&pool, database);
        Self { pool, database, _watch: Arc::new(watch) }
    }
}

impl<P> InstrumentedPool<P> {
    /// Returns the database that the pool's connections are counted for.
    pub fn database(&self) -> Database {
        self.database
    }
}

impl<P> Deref for InstrumentedPool<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.pool
    }
}

impl<P: fmt::Debug> fmt::Debug for InstrumentedPool<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedPool").field("pool", &self.pool).finish_non_exhaustive()
    }
}

/// Shows a pool's connections until what is returned is dropped, and nothing else of the pool: where its type cannot
/// change, because somebody else makes it. The pool is kept as long.
pub fn watch<M: ManageConnection>(pool: &Pool<M>, database: Database) -> PoolWatch {
    PoolWatch::new(database, Shown(pool.clone()))
}

/// The pool, as it is asked at each scrape.
struct Shown<P>(P);

impl<M: ManageConnection> PoolSource for Shown<Pool<M>> {
    fn state(&self) -> PoolState {
        let state = self.0.state();
        PoolState::new(state.connections.into(), state.idle_connections.into())
            .max(self.0.config().max_size.into())
    }

    fn gets(&self) -> Option<PoolGets> {
        let statistics = self.0.state().statistics;
        let mut gets = PoolGets::default();
        gets.direct = statistics.get_direct;
        gets.waited = statistics.get_waited;
        gets.timed_out = statistics.get_timed_out;
        gets.wait_time = statistics.get_wait_time;
        Some(gets)
    }

    fn closed(&self) -> Vec<(&'static str, u64)> {
        let statistics = self.0.state().statistics;
        vec![
            ("broken", statistics.connections_closed_broken),
            ("invalid", statistics.connections_closed_invalid),
            ("max_lifetime", statistics.connections_closed_max_lifetime),
            ("idle_timeout", statistics.connections_closed_idle_timeout),
        ]
    }
}

impl<M: ManageConnection> InstrumentedPool<Pool<M>> {
    /// Takes a connection from the pool.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::get`].
    pub async fn get(&self) -> Result<PooledConnection<'_, M>, RunError<M::Error>> {
        let (wait, result) = wait_for(self.database, self.pool.get()).await;
        finish(wait, result)
    }

    /// Takes a connection from the pool that does not borrow it.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::get_owned`].
    pub async fn get_owned(&self) -> Result<PooledConnection<'static, M>, RunError<M::Error>> {
        let (wait, result) = wait_for(self.database, self.pool.get_owned()).await;
        finish(wait, result)
    }
}

fn finish<C, E>(wait: Wait, result: Result<C, RunError<E>>) -> Result<C, RunError<E>> {
    match &result {
        Ok(_) => {
            wait.finish();
        }
        Err(RunError::TimedOut) => wait.pool_failed(ErrorKind::PoolTimeout),
        Err(RunError::User(_)) => wait.pool_failed(ErrorKind::Connection),
    }
    result
}
