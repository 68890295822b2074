//! Waiting for connections.

use deadpool::managed::{Manager, Object, Pool, PoolError, TimeoutType, Timeouts};
use std::{fmt, ops::Deref, sync::Arc};
use tallymark_db::{
    Database, ErrorKind, PoolState, Wait,
    pools::{PoolSource, PoolWatch, wait_for},
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

impl<M, W> InstrumentedPool<Pool<M, W>>
where
    M: Manager + 'static,
    M::Type: 'static,
    W: From<Object<M>> + 'static,
{
    /// Observes a pool as one of a database.
    pub fn new(pool: Pool<M, W>, database: Database) -> Self {
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
pub fn watch<M, W>(pool: &Pool<M, W>, database: Database) -> PoolWatch
where
    M: Manager + 'static,
    M::Type: 'static,
    W: From<Object<M>> + 'static,
{
    PoolWatch::new(database, Shown(pool.clone()))
}

/// The pool, as it is asked at each scrape.
struct Shown<P>(P);

impl<M, W> PoolSource for Shown<Pool<M, W>>
where
    M: Manager + 'static,
    M::Type: 'static,
    W: From<Object<M>> + 'static,
{
    fn state(&self) -> PoolState {
        let status = self.0.status();
        PoolState::new(status.size as u64, status.available as u64)
            .max(status.max_size as u64)
            .waiting(status.waiting as u64)
    }
}

impl<M, W> InstrumentedPool<Pool<M, W>>
where
    M: Manager,
    W: From<Object<M>>,
{
    /// Takes a connection from the pool.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::get`].
    pub async fn get(&self) -> Result<W, PoolError<M::Error>> {
        let (wait, result) = wait_for(self.database, self.pool.get()).await;
        finish(wait, result)
    }

    /// Takes a connection from the pool, with other time limits.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::timeout_get`].
    pub async fn timeout_get(&self, timeouts: &Timeouts) -> Result<W, PoolError<M::Error>> {
        let (wait, result) = wait_for(self.database, self.pool.timeout_get(timeouts)).await;
        finish(wait, result)
    }
}

fn finish<W, E>(wait: Wait, result: Result<W, PoolError<E>>) -> Result<W, PoolError<E>> {
    match &result {
        Ok(_) => {
            wait.finish();
        }
        Err(PoolError::Timeout(TimeoutType::Wait)) => wait.pool_failed(ErrorKind::PoolTimeout),
        Err(PoolError::Timeout(TimeoutType::Create)) => wait.connection_failed(ErrorKind::Timeout),
        Err(PoolError::Timeout(TimeoutType::Recycle)) => wait.pool_failed(ErrorKind::Timeout),
        Err(PoolError::Backend(_)) => wait.connection_failed(ErrorKind::Connection),
        Err(PoolError::PostCreateHook(_)) => wait.connection_failed(ErrorKind::Other),
        Err(PoolError::Closed) => wait.pool_failed(ErrorKind::PoolClosed),
        Err(PoolError::NoRuntimeSpecified) => wait.pool_failed(ErrorKind::Other),
    }
    result
}
