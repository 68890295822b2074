//! A connection, which is a pool.

use super::{
    ObservedStream, ObservedTransaction,
    observed::{Place, Running, connection, streams, transactions},
};
use tallymark_db::{Database, Vendor};
use ::sea_orm::{DatabaseConnection, DatabaseConnectionType, DbBackend};

/// A [`DatabaseConnection`](sea_orm::DatabaseConnection) whose statements are counted. See the [module](super).
///
/// A clone is the same connection.
#[derive(Clone, Debug)]
pub struct ObservedConnection {
    inner: DatabaseConnection,
    database: Database,
}

impl ObservedConnection {
    /// Counts what is done on a connection as done to a database.
    pub fn new(database: Database, inner: DatabaseConnection) -> Self {
        // One that is not connected has no backend, and would panic when asked.
        if !matches!(inner.inner, DatabaseConnectionType::Disconnected) {
            match inner.get_database_backend() {
                DbBackend::Postgres => database.settle(Vendor::Postgresql),
                DbBackend::MySql => database.settle(Vendor::Mysql),
                DbBackend::Sqlite => database.settle(Vendor::Sqlite),
                _ => {}
            }
        }
        Self { inner, database }
    }

    /// The connection inside, for functions that take no other. What they do is not counted.
    pub fn inner(&self) -> &DatabaseConnection {
        &self.inner
    }

    /// Gives the connection back.
    pub fn into_inner(self) -> DatabaseConnection {
        self.inner
    }

    /// The database that it is counted for.
    pub fn database(&self) -> Database {
        self.database
    }

    /// Nothing to follow: each statement is a transaction of its own.
    #[expect(clippy::unused_self, reason = "transactions have one")]
    fn place(&self) -> Place {
        Place::Pool
    }

    fn running(&self, sql: &str) -> Running {
        Running::begin(self.database, self.place(), sql)
    }
}

connection!(ObservedConnection);
transactions!(ObservedConnection);
streams!(ObservedConnection, DatabaseConnection);
