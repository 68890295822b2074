//! A connection, which is a pool.

use super::{
    execution::{Execution, Place, connection, streams, transactions},
    stream::InstrumentedStream,
    transaction::InstrumentedDatabaseTransaction,
};
use sea_orm::{DatabaseConnection, DatabaseConnectionType, DbBackend};
use tallymark_db::{Database, Vendor};

/// A [`DatabaseConnection`](sea_orm::DatabaseConnection) whose statements are counted. See the [crate].
///
/// A clone is the same connection.
#[derive(Clone, Debug)]
pub struct InstrumentedDatabaseConnection {
    inner: DatabaseConnection,
    database: Database,
}

impl InstrumentedDatabaseConnection {
    /// Counts what is done on a connection as done to a database.
    pub fn new(inner: DatabaseConnection, database: Database) -> Self {
        // One that is not connected has no backend, and would panic when asked.
        if !matches!(inner.inner, DatabaseConnectionType::Disconnected) {
            match inner.get_database_backend() {
                DbBackend::Postgres => database.set_vendor_if_unset(Vendor::Postgresql),
                DbBackend::MySql => database.set_vendor_if_unset(Vendor::Mysql),
                DbBackend::Sqlite => database.set_vendor_if_unset(Vendor::Sqlite),
                _ => {}
            }
        }
        Self { inner, database }
    }

    /// Returns the connection inside, for functions that take no other. What they do is not counted.
    pub fn inner(&self) -> &DatabaseConnection {
        &self.inner
    }

    /// Returns the connection inside.
    pub fn into_inner(self) -> DatabaseConnection {
        self.inner
    }

    /// Returns the database that it is counted for.
    pub fn database(&self) -> Database {
        self.database
    }

    /// Nothing to follow: each statement is a transaction of its own.
    #[expect(clippy::unused_self, reason = "transactions have one")]
    fn place(&self) -> Place {
        Place::Pool
    }

    fn execution(&self, sql: &str) -> Execution {
        Execution::begin(self.database, self.place(), sql)
    }
}

connection!(InstrumentedDatabaseConnection);
transactions!(InstrumentedDatabaseConnection);
streams!(InstrumentedDatabaseConnection, DatabaseConnection);
