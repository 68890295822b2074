//! Connections being opened.

use deadpool::managed::{Manager, Metrics, RecycleResult};
use std::{fmt, future::Future, ops::Deref};
use tallymark_db::{Database, ErrorKind, pools::count_attempt};

/// A manager whose connections are counted when they are opened. It is a manager for the same pool as the one that it
/// wraps.
pub struct InstrumentedManager<M> {
    manager: M,
    database: Database,
}

impl<M> InstrumentedManager<M> {
    /// Counts the connections of a manager as those of a database.
    pub fn new(manager: M, database: Database) -> Self {
        Self { manager, database }
    }

    /// Returns the manager inside.
    pub fn into_inner(self) -> M {
        self.manager
    }
}

impl<M> Deref for InstrumentedManager<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.manager
    }
}

impl<M: fmt::Debug> fmt::Debug for InstrumentedManager<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedManager")
            .field("manager", &self.manager)
            .field("database", &self.database)
            .finish()
    }
}

impl<M: Manager> Manager for InstrumentedManager<M> {
    type Type = M::Type;
    type Error = M::Error;

    async fn create(&self) -> Result<M::Type, M::Error> {
        count_attempt(self.database, self.manager.create().await, ErrorKind::Connection)
    }

    fn recycle(
        &self,
        connection: &mut M::Type,
        metrics: &Metrics,
    ) -> impl Future<Output = RecycleResult<M::Error>> + Send {
        self.manager.recycle(connection, metrics)
    }

    fn detach(&self, connection: &mut M::Type) {
        self.manager.detach(connection);
    }
}
