//! A connection under observation.

use super::{error::failure, observation::Observation, statement::InstrumentedStatement};
use rusqlite::{Connection, OpenFlags, Params, Result, Row};
use std::{fmt, path::Path};
use tallymark_db::{Database, ErrorKind};

/// A connection under observation, with the methods of a [`Connection`] that execute something. See the [crate].
///
/// A function that takes a `&Connection` takes an `&InstrumentedConnection<'_>` instead, which a transaction is, too:
///
/// ```
/// use tallymark_rusqlite::{Database, InstrumentedConnection};
///
/// fn create(connection: &InstrumentedConnection<'_>) -> rusqlite::Result<()> {
///     connection.execute_batch("CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (1)")
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let database = Database::builder("main").build()?;
///     let mut own = InstrumentedConnection::open_in_memory(database)?;
///     create(&own)?;
///     let transaction = own.transaction()?;
///     transaction.execute("DELETE FROM orders", [])?;
///     transaction.commit()?;
///
///     // One of a pool, for as long as it is borrowed.
///     let pooled = rusqlite::Connection::open_in_memory()?;
///     create(&InstrumentedConnection::borrowed(&pooled, database))?;
///     Ok(())
/// }
/// ```
pub struct InstrumentedConnection<'c> {
    observation: Observation<'c>,
}

impl InstrumentedConnection<'static> {
    /// Observes a connection.
    pub fn new(connection: Connection, database: Database) -> Self {
        Self { observation: Observation::own(connection, database) }
    }

    /// Opens a database file as [`Connection::open`] does, and counts that it was opened or could not be.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::open`].
    pub fn open(path: impl AsRef<Path>, database: Database) -> Result<Self> {
        Self::opened(Connection::open(path), database)
    }

    /// Opens a database file as [`Connection::open_with_flags`] does, and counts that it was opened or could not be.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::open_with_flags`].
    pub fn open_with_flags(path: impl AsRef<Path>, flags: OpenFlags, database: Database) -> Result<Self> {
        Self::opened(Connection::open_with_flags(path, flags), database)
    }

    /// Opens a database in memory as [`Connection::open_in_memory`] does, and counts that it was opened or could not be.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::open_in_memory`].
    pub fn open_in_memory(database: Database) -> Result<Self> {
        Self::opened(Connection::open_in_memory(), database)
    }

    fn opened(connection: Result<Connection>, database: Database) -> Result<Self> {
        match connection {
            Ok(connection) => {
                let this = Self::new(connection, database);
                database.connection_opened();
                Ok(this)
            }
            Err(error) => {
                database.set_vendor_if_unset(tallymark_db::Vendor::Sqlite);
                database.connection_failed(failure(&error).unwrap_or(ErrorKind::Connection.into()));
                Err(error)
            }
        }
    }
}

impl<'c> InstrumentedConnection<'c> {
    /// Observes a connection for as long as it is borrowed, such as one of a pool. What it leaves open when this is dropped
    /// goes on where it is not observed, and is counted as uncounted.
    pub fn borrowed(connection: &'c Connection, database: Database) -> Self {
        Self { observation: Observation::borrowed(connection, database) }
    }

    /// Returns the connection of rusqlite, for its settings, functions and hooks. What is executed on it is not observed.
    pub fn unobserved(&self) -> &Connection {
        self.observation.raw()
    }

    /// Executes a statement that returns no rows, and returns how many it has changed.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::execute`].
    pub fn execute<P: Params>(&self, sql: &str, params: P) -> Result<usize> {
        let statement = self.observation.begin(sql);
        let result = self.unobserved().execute(sql, params);
        self.observation.settle(statement, result)
    }

    /// Executes all statements of a text.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::execute_batch`].
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        self.observation.execute_batch(sql)
    }

    /// Calls `f` with the first row.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::query_row`].
    pub fn query_row<T, P, F>(&self, sql: &str, params: P, f: F) -> Result<T>
    where
        P: Params,
        F: FnOnce(&Row<'_>) -> Result<T>,
    {
        self.prepare(sql)?.query_row(params, f)
    }

    /// Calls `f` with the only row.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::query_one`].
    pub fn query_one<T, P, F>(&self, sql: &str, params: P, f: F) -> Result<T>
    where
        P: Params,
        F: FnOnce(&Row<'_>) -> Result<T>,
    {
        self.prepare(sql)?.query_one(params, f)
    }

    /// Calls `f`, which has errors of its own, with the first row.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::query_row_and_then`].
    pub fn query_row_and_then<T, E, P, F>(&self, sql: &str, params: P, f: F) -> Result<T, E>
    where
        P: Params,
        F: FnOnce(&Row<'_>) -> Result<T, E>,
        E: From<rusqlite::Error>,
    {
        let mut prepared = self.prepare(sql)?;
        let mut rows = prepared.query(params)?;
        f(rows.expected()?)
    }

    /// Prepares a statement. Each of its executions is counted.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::prepare`].
    pub fn prepare(&self, sql: &str) -> Result<InstrumentedStatement<'_>> {
        let prepared = self.observation.prepared(sql, self.unobserved().prepare(sql))?;
        Ok(InstrumentedStatement::own(&self.observation, sql, prepared))
    }

    /// Prepares a statement, or takes it from the connection's cache.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::prepare_cached`].
    pub fn prepare_cached(&self, sql: &str) -> Result<InstrumentedStatement<'_>> {
        let prepared = self.observation.prepared(sql, self.unobserved().prepare_cached(sql))?;
        Ok(InstrumentedStatement::cached(&self.observation, sql, prepared))
    }

    /// Returns the number of the row that was inserted last.
    pub fn last_insert_rowid(&self) -> i64 {
        self.unobserved().last_insert_rowid()
    }

    /// Returns how many rows the statement has changed that was executed last.
    pub fn changes(&self) -> u64 {
        self.unobserved().changes()
    }

    /// Whether no transaction is open.
    pub fn is_autocommit(&self) -> bool {
        self.unobserved().is_autocommit()
    }
}

impl fmt::Debug for InstrumentedConnection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedConnection")
            .field("database", &self.observation.database())
            .finish_non_exhaustive()
    }
}
