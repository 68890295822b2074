//! The databases of sqlx.

use tallymark_db::{Database as Observed, Vendor};
use sqlx::{Database, Executor};

/// A database of sqlx that can be observed. Implemented for each one whose feature is on: `sqlx-postgres`, `sqlx-mysql`,
/// `sqlx-sqlite` and `sqlx-any`.
pub trait Driver: Database + sealed::Sealed {
    /// Whose databases it talks to, if only to those of one.
    #[doc(hidden)]
    const VENDOR: Option<Vendor>;

    /// Says whose database it is, if the application has not.
    #[doc(hidden)]
    fn settle(database: Observed) {
        if let Some(vendor) = Self::VENDOR {
            database.settle(vendor);
        }
    }

    /// How many rows a statement has written.
    #[doc(hidden)]
    fn rows_affected(result: &Self::QueryResult) -> u64;

    /// How many statements a connection keeps prepared.
    #[doc(hidden)]
    fn prepared(connection: &Self::Connection) -> u64;

    /// The connection as an executor, which cannot be said of a connection in general.
    #[doc(hidden)]
    fn executor(connection: &mut Self::Connection) -> impl Executor<'_, Database = Self>;
}

pub(super) mod sealed {
    pub trait Sealed {}
}

/// Something that holds a connection: a pool's, a transaction's, or the connection itself.
pub trait Link: Send {
    /// The database.
    type Db: Driver;

    /// The connection, which is not observed.
    #[doc(hidden)]
    fn raw(&mut self) -> &mut <Self::Db as Database>::Connection;
}

impl<DB: Driver> Link for sqlx::pool::PoolConnection<DB> {
    type Db = DB;

    fn raw(&mut self) -> &mut DB::Connection {
        self
    }
}

impl<DB: Driver> Link for sqlx::Transaction<'_, DB> {
    type Db = DB;

    fn raw(&mut self) -> &mut DB::Connection {
        self
    }
}

#[cfg_attr(
    not(any(
        feature = "sqlx-postgres",
        feature = "sqlx-mysql",
        feature = "sqlx-sqlite",
        feature = "sqlx-any"
    )),
    allow(unused_macros, reason = "no driver is on")
)]
macro_rules! driver {
    ($feature:literal, $database:path, $connection:path, $vendor:expr) => {
        #[cfg(feature = $feature)]
        impl sealed::Sealed for $database {}

        #[cfg(feature = $feature)]
        impl Driver for $database {
            const VENDOR: Option<Vendor> = $vendor;

            fn rows_affected(result: &Self::QueryResult) -> u64 {
                result.rows_affected()
            }

            fn prepared(connection: &Self::Connection) -> u64 {
                sqlx::Connection::cached_statements_size(connection) as u64
            }

            fn executor(connection: &mut Self::Connection) -> impl Executor<'_, Database = Self> {
                connection
            }
        }

        #[cfg(feature = $feature)]
        impl Link for $connection {
            type Db = $database;

            fn raw(&mut self) -> &mut Self {
                self
            }
        }
    };
}

driver!("sqlx-postgres", sqlx::Postgres, sqlx::PgConnection, Some(Vendor::Postgresql));
driver!("sqlx-mysql", sqlx::MySql, sqlx::MySqlConnection, Some(Vendor::Mysql));
driver!("sqlx-sqlite", sqlx::Sqlite, sqlx::SqliteConnection, Some(Vendor::Sqlite));
driver!("sqlx-any", sqlx::Any, sqlx::AnyConnection, None);
