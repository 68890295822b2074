//! deadpool.

use super::{ObservablePool, ObservedManager, ObservedPool};
use tallymark_db::{ErrorKind, PoolState, Wait};
use ::deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleResult, TimeoutType, Timeouts};

impl<M: Manager> Manager for ObservedManager<M> {
    type Type = M::Type;
    type Error = M::Error;

    async fn create(&self) -> Result<M::Type, M::Error> {
        self.counted((**self).create().await, ErrorKind::Connection)
    }

    fn recycle(
        &self,
        connection: &mut M::Type,
        metrics: &Metrics,
    ) -> impl Future<Output = RecycleResult<M::Error>> + Send {
        (**self).recycle(connection, metrics)
    }

    fn detach(&self, connection: &mut M::Type) {
        (**self).detach(connection);
    }
}

impl<M, W> ObservablePool for Pool<M, W>
where
    M: Manager + 'static,
    M::Type: 'static,
    W: From<Object<M>> + 'static,
{
    fn state(&self) -> PoolState {
        let status = self.status();
        PoolState::new(status.size as u64, status.available as u64)
            .max(status.max_size as u64)
            .waiting(status.waiting as u64)
    }
}

impl<M, W> ObservedPool<Pool<M, W>>
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
        let (wait, result) = self.waited((**self).get()).await;
        ended(wait, result)
    }

    /// Takes a connection from the pool, with other time limits.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::timeout_get`].
    pub async fn timeout_get(&self, timeouts: &Timeouts) -> Result<W, PoolError<M::Error>> {
        let (wait, result) = self.waited((**self).timeout_get(timeouts)).await;
        ended(wait, result)
    }
}

fn ended<W, E>(wait: Wait, result: Result<W, PoolError<E>>) -> Result<W, PoolError<E>> {
    match &result {
        Ok(_) => {
            wait.done();
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
