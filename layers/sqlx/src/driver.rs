//! The databases of sqlx.

use sqlx::{Connection, Database, Executor};
use tallymark_db::Database as Observed;
#[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite", feature = "any"))]
use tallymark_db::Vendor;

/// A database of sqlx that can be observed. Implemented for each one whose feature is on: `postgres`, `mysql`, `sqlite` and
/// `any`.
#[diagnostic::on_unimplemented(
    message = "`tallymark-sqlx` does not observe the database `{Self}`",
    label = "the feature for this database is not on",
    note = "add the database to the features in the manifest, for example `tallymark-sqlx = {{ version = \"0.1\", features = [\"sqlite\"] }}`",
    note = "there are `postgres`, `mysql`, `sqlite` and `any`, each for sqlx 0.9"
)]
pub trait Driver: Database + sealed::Sealed {
    /// Sets whose database it is, and which schema names without one are looked for in, as far as the options show and
    /// the application has not set it.
    #[doc(hidden)]
    fn identify_by_options(database: Observed, options: &<Self::Connection as Connection>::Options);

    /// Sets whose database it is, unless the application has.
    #[doc(hidden)]
    fn identify(database: Observed, connection: &Self::Connection);

    /// Returns how many rows a statement has written.
    #[doc(hidden)]
    fn rows_affected(result: &Self::QueryResult) -> u64;

    /// Whether [`prepared`](Self::prepared) shows a number.
    #[doc(hidden)]
    const SHOWS_PREPARED: bool;

    /// Whether [`prepared`](Self::prepared) may show what a statement has changed only after its first row has come.
    #[doc(hidden)]
    const IS_SHOWN_LATE: bool;

    /// Returns how many statements a connection keeps prepared, if that is shown.
    #[doc(hidden)]
    fn prepared(connection: &Self::Connection) -> Option<u64>;

    /// Whether sqlx has begun a transaction on the connection, so that the next one is a savepoint in it.
    #[doc(hidden)]
    fn is_in_transaction(connection: &Self::Connection) -> bool;

    /// Returns the connection as an executor, which it is not known to be in general.
    #[doc(hidden)]
    fn executor(connection: &mut Self::Connection) -> impl Executor<'_, Database = Self>;
}

mod sealed {
    pub trait Sealed {}
}

/// Something that holds a connection: a pool's, a transaction's, or the connection itself.
pub trait Link: Send {
    /// The database.
    type Db: Driver;

    /// Returns the connection, which is not observed.
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
    not(any(feature = "postgres", feature = "mysql", feature = "sqlite", feature = "any")),
    allow(unused_macros, reason = "no driver is on")
)]
macro_rules! driver {
    ($feature:literal, $database:path, $connection:path, $by_options:expr, $by_connection:expr, $shown:literal, $late:literal) => {
        #[cfg(feature = $feature)]
        impl sealed::Sealed for $database {}

        #[cfg(feature = $feature)]
        impl Driver for $database {
            fn identify_by_options(database: Observed, options: &<Self::Connection as Connection>::Options) {
                let identify: fn(Observed, &<Self::Connection as Connection>::Options) = $by_options;
                identify(database, options);
            }

            fn identify(database: Observed, connection: &Self::Connection) {
                let identify: fn(Observed, &Self::Connection) = $by_connection;
                identify(database, connection);
            }

            fn rows_affected(result: &Self::QueryResult) -> u64 {
                result.rows_affected()
            }

            const SHOWS_PREPARED: bool = $shown;
            const IS_SHOWN_LATE: bool = $late;

            fn prepared(connection: &Self::Connection) -> Option<u64> {
                Self::SHOWS_PREPARED.then(|| connection.cached_statements_size() as u64)
            }

            fn is_in_transaction(connection: &Self::Connection) -> bool {
                connection.is_in_transaction()
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

driver!(
    "postgres",
    sqlx::Postgres,
    sqlx::PgConnection,
    |database, _| database.set_vendor_if_unset(Vendor::Postgresql),
    |database, _| database.set_vendor_if_unset(Vendor::Postgresql),
    true,
    false
);
driver!(
    "mysql",
    sqlx::MySql,
    sqlx::MySqlConnection,
    |database, options| {
        database.set_vendor_if_unset(Vendor::Mysql);
        if let Some(schema) = options.get_database() {
            database.set_schema_if_unset(schema);
        }
    },
    |database, _| database.set_vendor_if_unset(Vendor::Mysql),
    true,
    false
);
driver!(
    "sqlite",
    sqlx::Sqlite,
    sqlx::SqliteConnection,
    |database, _| database.set_vendor_if_unset(Vendor::Sqlite),
    |database, _| database.set_vendor_if_unset(Vendor::Sqlite),
    true,
    // A thread of its own writes it.
    true
);
driver!(
    "any",
    sqlx::Any,
    sqlx::AnyConnection,
    |database, options| {
        let vendor = any_vendor(options.database_url.scheme());
        database.set_vendor_if_unset(vendor);
        if vendor == Vendor::Mysql {
            database.set_schema_if_unset(options.database_url.path().trim_start_matches('/'));
        }
    },
    |database, connection| database.set_vendor_if_unset(any_vendor(connection.backend_name())),
    // It is 0 for all of them.
    false,
    true
);

/// Whose database it is, by the scheme of a URL or by what sqlx calls a driver.
#[cfg(feature = "any")]
fn any_vendor(name: &str) -> Vendor {
    match name.to_ascii_lowercase().as_str() {
        "postgres" | "postgresql" => Vendor::Postgresql,
        "mysql" | "mariadb" => Vendor::Mysql,
        "sqlite" => Vendor::Sqlite,
        _ => Vendor::Other,
    }
}
