//! bb8.

use super::{ObservablePool, ObservedManager, ObservedPool, PoolGets};
use tallymark_db::{ErrorKind, PoolState, Wait};
use ::bb8::{ManageConnection, Pool, PooledConnection, RunError};

impl<M: ManageConnection> ManageConnection for ObservedManager<M> {
    type Connection = M::Connection;
    type Error = M::Error;

    async fn connect(&self) -> Result<M::Connection, M::Error> {
        self.counted((**self).connect().await, ErrorKind::Connection)
    }

    fn is_valid(&self, connection: &mut M::Connection) -> impl Future<Output = Result<(), M::Error>> + Send {
        (**self).is_valid(connection)
    }

    fn has_broken(&self, connection: &mut M::Connection) -> bool {
        (**self).has_broken(connection)
    }
}

impl<M: ManageConnection> ObservablePool for Pool<M> {
    fn state(&self) -> PoolState {
        let state = Pool::state(self);
        PoolState::new(state.connections.into(), state.idle_connections.into())
            .max(self.config().max_size.into())
    }

    fn gets(&self) -> Option<PoolGets> {
        let statistics = Pool::state(self).statistics;
        Some(PoolGets {
            direct: statistics.get_direct,
            waited: statistics.get_waited,
            timed_out: statistics.get_timed_out,
            wait_time: statistics.get_wait_time,
        })
    }

    fn closed(&self) -> Vec<(&'static str, u64)> {
        let statistics = Pool::state(self).statistics;
        vec![
            ("broken", statistics.connections_closed_broken),
            ("invalid", statistics.connections_closed_invalid),
            ("max_lifetime", statistics.connections_closed_max_lifetime),
            ("idle_timeout", statistics.connections_closed_idle_timeout),
        ]
    }
}

impl<M: ManageConnection> ObservedPool<Pool<M>> {
    /// Takes a connection from the pool.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::get`].
    pub async fn get(&self) -> Result<PooledConnection<'_, M>, RunError<M::Error>> {
        let (wait, result) = self.waited((**self).get()).await;
        ended(wait, result)
    }

    /// Takes a connection from the pool that does not borrow it.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::get_owned`].
    pub async fn get_owned(&self) -> Result<PooledConnection<'static, M>, RunError<M::Error>> {
        let (wait, result) = self.waited((**self).get_owned()).await;
        ended(wait, result)
    }
}

fn ended<C, E>(wait: Wait, result: Result<C, RunError<E>>) -> Result<C, RunError<E>> {
    match &result {
        Ok(_) => {
            wait.done();
        }
        Err(RunError::TimedOut) => wait.pool_failed(ErrorKind::PoolTimeout),
        Err(RunError::User(_)) => wait.pool_failed(ErrorKind::Connection),
    }
    result
}
