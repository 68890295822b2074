//! Waiting for connections.

use r2d2::{Error, ManageConnection, Pool, PooledConnection};
use std::{fmt, ops::Deref, sync::Arc, time::Duration};
use tallymark_db::{
    Database, ErrorKind, PoolState, Wait,
    pools::{PoolSource, PoolWatch, block_on},
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
        PoolState::new(state.connections.into(), state.idle_connections.into()).max(self.0.max_size().into())
    }
}

impl<M: ManageConnection> InstrumentedPool<Pool<M>> {
    /// Takes a connection from the pool, and blocks until there is one.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::get`].
    pub fn get(&self) -> Result<PooledConnection<M>, Error> {
        let (wait, result) = block_on(self.database, || self.pool.get());
        finish(wait, result)
    }

    /// Takes a connection from the pool, with another time limit.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::get_timeout`].
    pub fn get_timeout(&self, timeout: Duration) -> Result<PooledConnection<M>, Error> {
        let (wait, result) = block_on(self.database, || self.pool.get_timeout(timeout));
        finish(wait, result)
    }
}

fn finish<M: ManageConnection>(
    wait: Wait,
    result: Result<PooledConnection<M>, Error>,
) -> Result<PooledConnection<M>, Error> {
    match &result {
        Ok(_) => {
            wait.finish();
        }
        // r2d2 has no other error, whatever the reason was.
        Err(_) => wait.pool_failed(ErrorKind::PoolTimeout),
    }
    result
}
