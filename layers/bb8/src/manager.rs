//! Connections being opened.

use bb8::ManageConnection;
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

impl<M: ManageConnection> ManageConnection for InstrumentedManager<M> {
    type Connection = M::Connection;
    type Error = M::Error;

    async fn connect(&self) -> Result<M::Connection, M::Error> {
        count_attempt(self.database, self.manager.connect().await, ErrorKind::Connection)
    }

    fn is_valid(&self, connection: &mut M::Connection) -> impl Future<Output = Result<(), M::Error>> + Send {
        self.manager.is_valid(connection)
    }

    fn has_broken(&self, connection: &mut M::Connection) -> bool {
        self.manager.has_broken(connection)
    }
}
