//! A connection under observation.

use super::{
    driver::{Driver, Link},
    execution::ObservedExecutor,
    scope::Scope,
};
use std::{
    fmt,
    ops::{Deref, DerefMut},
};
use tallymark_db::Database;

/// A connection under observation: one of a pool, one in a transaction, or one that the application has opened.
///
/// `&mut InstrumentedConnection` is an `Executor`. It is what `&mut *` gives of an
/// [`InstrumentedPoolConnection`] and of an [`InstrumentedTransaction`](super::InstrumentedTransaction), as with those of
/// sqlx. So a function that takes a `&mut SqliteConnection` takes a `&mut InstrumentedConnection<'_, Sqlite>` instead, from
/// wherever the connection comes:
///
/// ```
/// use sqlx::{Connection as _, Sqlite, SqliteConnection, sqlite::SqlitePoolOptions};
/// use tallymark_sqlx::{Database, Instrumented, InstrumentedConnection};
///
/// async fn create(connection: &mut InstrumentedConnection<'_, Sqlite>) -> sqlx::Result<()> {
///     sqlx::query("CREATE TABLE orders (id INTEGER)").execute(&mut *connection).await?;
///     sqlx::query("INSERT INTO orders VALUES (1)").execute(connection).await?;
///     Ok(())
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let database = Database::builder("main").build()?;
///     let mut own = InstrumentedConnection::new(SqliteConnection::connect("sqlite::memory:").await?, database);
///     create(&mut own).await?;
///
///     let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
///     let pool = Instrumented::new(pool, database);
///     let mut transaction = pool.begin().await?;
///     create(&mut transaction).await?;
///     transaction.rollback().await?;
///     create(&mut *pool.acquire().await?).await?;
///     Ok(())
/// }
/// ```
pub struct InstrumentedConnection<'c, DB: Driver, L: ?Sized = dyn Link<Db = DB> + 'c> {
    pub(super) scope: Scope<'c>,
    database: std::marker::PhantomData<fn() -> DB>,
    /// Last, so that what holds the connection can be forgotten.
    pub(super) link: L,
}

impl<DB: Driver, L: Link<Db = DB>> InstrumentedConnection<'static, DB, L> {
    /// Observes a connection that is in no transaction.
    pub fn new(mut link: L, database: Database) -> Self {
        DB::identify(database, link.raw());
        Self::within(link, Scope::new(database))
    }
}

impl<'c, DB: Driver, L: Link<Db = DB>> InstrumentedConnection<'c, DB, L> {
    pub(super) fn within(link: L, scope: Scope<'c>) -> Self {
        Self { scope, database: std::marker::PhantomData, link }
    }

    /// Returns the connection. Whether an open transaction will be committed is not seen, so what it has written is not
    /// counted.
    pub fn into_inner(mut self) -> L {
        self.scope.hand_on();
        self.link
    }
}

impl<DB: Driver, L: Link<Db = DB> + ?Sized> InstrumentedConnection<'_, DB, L> {
    /// Returns the connection itself. What is executed on it is not observed.
    pub fn unobserved(&mut self) -> &mut DB::Connection {
        self.link.raw()
    }

    pub(super) fn executor(&mut self) -> ObservedExecutor<'_, DB> {
        let capacity = self.scope.capacity();
        ObservedExecutor { session: self.scope.session(), raw: self.link.raw(), capacity }
    }
}

impl<DB: Driver, L: ?Sized> fmt::Debug for InstrumentedConnection<'_, DB, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedConnection")
            .field("database", &self.scope.database())
            .finish_non_exhaustive()
    }
}

/// A connection of a pool, which goes back to it when this is dropped. Made by
/// [`Instrumented::acquire`](super::Instrumented::acquire).
pub struct InstrumentedPoolConnection<DB: Driver> {
    connection: InstrumentedConnection<'static, DB, sqlx::pool::PoolConnection<DB>>,
}

impl<DB: Driver> InstrumentedPoolConnection<DB> {
    pub(super) fn new(link: sqlx::pool::PoolConnection<DB>, database: Database, capacity: u64) -> Self {
        Self { connection: InstrumentedConnection::within(link, Scope::pooled(database, capacity)) }
    }

    /// Returns the connection of sqlx. What is executed on it is not observed.
    pub fn into_inner(self) -> sqlx::pool::PoolConnection<DB> {
        self.connection.into_inner()
    }
}

impl<DB: Driver> Deref for InstrumentedPoolConnection<DB> {
    type Target = InstrumentedConnection<'static, DB>;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl<DB: Driver> DerefMut for InstrumentedPoolConnection<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

impl<DB: Driver> fmt::Debug for InstrumentedPoolConnection<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedPoolConnection")
            .field("database", &self.connection.scope.database())
            .finish_non_exhaustive()
    }
}
