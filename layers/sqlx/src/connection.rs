//! A connection under observation.

use super::{
    driver::{Driver, Link},
    run::On,
    scope::Scope,
    transaction::Transaction,
};
use tallymark_db::Database;
use sqlx::{Connection as _, error::Error};
use std::fmt;

/// A connection under observation: one of a pool, one in a transaction, or one that the application has opened.
///
/// `&mut Connection` is an `Executor`. Of the pool's [`PoolConnection`](super::PoolConnection) and of a [`Transaction`] it
/// is what `&mut *` gives, as with those of sqlx.
///
/// ```
/// use sqlx::{Connection as _, SqliteConnection};
/// use tallymark::db::{Database, sqlx::Connection};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Database::builder("single").build()?;
/// let mut connection = Connection::new(SqliteConnection::connect("sqlite::memory:").await?, database);
/// let one: i64 = sqlx::query_scalar("SELECT 1").fetch_one(&mut connection).await?;
/// assert_eq!(one, 1);
/// # Ok(())
/// # }
/// ```
pub struct Connection<'c, L> {
    pub(super) link: L,
    pub(super) scope: Scope<'c>,
}

impl<L: Link> Connection<'static, L> {
    /// Observes a connection that is in no transaction.
    pub fn new(link: L, database: Database) -> Self {
        L::Db::settle(database);
        Self { link, scope: Scope::new(database) }
    }
}

impl<L: Link> Connection<'_, L> {
    /// Begins a transaction, or sets a savepoint in the open one.
    ///
    /// # Errors
    ///
    /// As sqlx's `begin`.
    pub async fn begin(&mut self) -> Result<Transaction<'_, L::Db>, Error> {
        let session = self.scope.session();
        let statement = session.database().statement("BEGIN");
        let begun = self.link.raw().begin().await;
        super::failure::end(statement, session, &begun);
        Ok(Transaction::new(begun?, Scope::within(session)))
    }

    /// The connection itself. What is executed on it is not observed.
    pub fn unobserved(&mut self) -> &mut <L::Db as sqlx::Database>::Connection {
        self.link.raw()
    }

    /// Gives the connection back. What an open transaction has written is not counted.
    pub fn into_inner(self) -> L {
        self.link
    }

    pub(super) fn on(&mut self) -> On<'_, L::Db> {
        On { session: self.scope.session(), raw: self.link.raw() }
    }
}

impl<L: Link> fmt::Debug for Connection<'_, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("database", &self.scope.database()).finish_non_exhaustive()
    }
}

/// A connection of a pool, which goes back to it when this is dropped. Made by
/// [`Instrumented::acquire`](super::Instrumented::acquire).
pub struct PoolConnection<DB: Driver> {
    connection: Connection<'static, sqlx::pool::PoolConnection<DB>>,
}

impl<DB: Driver> PoolConnection<DB> {
    pub(super) fn new(link: sqlx::pool::PoolConnection<DB>, database: Database) -> Self {
        Self { connection: Connection::new(link, database) }
    }

    /// The connection of sqlx. What is executed on it is not observed.
    pub fn into_inner(self) -> sqlx::pool::PoolConnection<DB> {
        self.connection.into_inner()
    }
}

impl<DB: Driver> std::ops::Deref for PoolConnection<DB> {
    type Target = Connection<'static, sqlx::pool::PoolConnection<DB>>;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl<DB: Driver> std::ops::DerefMut for PoolConnection<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

impl<DB: Driver> fmt::Debug for PoolConnection<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.connection.fmt(f)
    }
}
