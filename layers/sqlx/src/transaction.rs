//! A transaction under observation.

use super::{connection::Connection, driver::Driver, failure, scope::Scope};
use sqlx::error::Error;
use std::{
    fmt,
    ops::{Deref, DerefMut},
};

/// A transaction, or a savepoint in one. Rows of models that it writes are counted when it is committed.
///
/// It is used as that of sqlx is: statements take `&mut *transaction`, and dropped it rolls back.
///
/// ```
/// use sqlx::sqlite::SqlitePoolOptions;
/// use tallymark::db::{Database, sqlx::Instrumented};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Database::builder("transactions").build()?;
/// let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
/// let pool = Instrumented::new(pool, database);
/// let mut transaction = pool.begin().await?;
/// sqlx::query("CREATE TABLE orders (id INTEGER)").execute(&mut *transaction).await?;
/// transaction.commit().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "dropped at once, it rolls back"]
pub struct Transaction<'c, DB: Driver> {
    connection: Connection<'c, sqlx::Transaction<'c, DB>>,
}

impl<'c, DB: Driver> Transaction<'c, DB> {
    pub(super) fn new(link: sqlx::Transaction<'c, DB>, scope: Scope<'c>) -> Self {
        Self { connection: Connection { link, scope } }
    }

    /// Commits.
    ///
    /// # Errors
    ///
    /// As sqlx's `commit`; then nothing is counted.
    pub async fn commit(self) -> Result<(), Error> {
        let Connection { link, mut scope } = self.connection;
        let statement = scope.database().statement("COMMIT");
        let result = link.commit().await;
        failure::end(statement, scope.session(), &result);
        if result.is_ok() {
            scope.commit();
        }
        result
    }

    /// Rolls back.
    ///
    /// # Errors
    ///
    /// As sqlx's `rollback`.
    pub async fn rollback(self) -> Result<(), Error> {
        let Connection { link, mut scope } = self.connection;
        let statement = scope.database().statement("ROLLBACK");
        let result = link.rollback().await;
        failure::end(statement, scope.session(), &result);
        result
    }
}

impl<'c, DB: Driver> Deref for Transaction<'c, DB> {
    type Target = Connection<'c, sqlx::Transaction<'c, DB>>;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl<DB: Driver> DerefMut for Transaction<'_, DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

impl<DB: Driver> fmt::Debug for Transaction<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("database", &self.connection.scope.database())
            .finish_non_exhaustive()
    }
}
