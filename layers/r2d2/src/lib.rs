//! r2d2.

use super::{ObservablePool, ObservedManager, ObservedPool};
use tallymark_db::{ErrorKind, PoolState, Wait};
use ::r2d2::{Error, ManageConnection, Pool, PooledConnection};
use std::time::Duration;

impl<M: ManageConnection> ManageConnection for ObservedManager<M> {
    type Connection = M::Connection;
    type Error = M::Error;

    fn connect(&self) -> Result<M::Connection, M::Error> {
        self.counted((**self).connect(), ErrorKind::Connection)
    }

    fn is_valid(&self, connection: &mut M::Connection) -> Result<(), M::Error> {
        (**self).is_valid(connection)
    }

    fn has_broken(&self, connection: &mut M::Connection) -> bool {
        (**self).has_broken(connection)
    }
}

impl<M: ManageConnection> ObservablePool for Pool<M> {
    fn state(&self) -> PoolState {
        let state = Pool::state(self);
        PoolState::new(state.connections.into(), state.idle_connections.into()).max(self.max_size().into())
    }
}

impl<M: ManageConnection> ObservedPool<Pool<M>> {
    /// Takes a connection from the pool, and blocks until there is one.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::get`].
    pub fn get(&self) -> Result<PooledConnection<M>, Error> {
        let (wait, result) = self.blocked(|| (**self).get());
        ended(wait, result)
    }

    /// Takes a connection from the pool, with another time limit.
    ///
    /// # Errors
    ///
    /// Those of [`Pool::get_timeout`].
    pub fn get_timeout(&self, timeout: Duration) -> Result<PooledConnection<M>, Error> {
        let (wait, result) = self.blocked(|| (**self).get_timeout(timeout));
        ended(wait, result)
    }
}

fn ended<M: ManageConnection>(
    wait: Wait,
    result: Result<PooledConnection<M>, Error>,
) -> Result<PooledConnection<M>, Error> {
    match &result {
        Ok(_) => {
            wait.done();
        }
        // It has no other, whatever the reason was.
        Err(_) => wait.pool_failed(ErrorKind::PoolTimeout),
    }
    result
}
