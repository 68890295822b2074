//! Counting the connections that a pool opens.

use super::driver::Driver;
use sqlx::pool::PoolOptions;
use tallymark_db::Database;

/// Counts the connections that a pool opens, in `db_connections_opened_total`, and keeps apart waits for a new connection
/// and waits for one that was open.
pub trait CountConnections {
    /// Takes the one `after_connect` of the options. An application that has its own calls
    /// [`Database::connection_opened`] in there instead:
    ///
    /// ```
    /// use sqlx::sqlite::SqlitePoolOptions;
    /// use tallymark_sqlx::Database;
    ///
    /// let database = Database::builder("own_hook").build()?;
    /// let options = SqlitePoolOptions::new().after_connect(move |connection, _| {
    ///     Box::pin(async move {
    ///         database.connection_opened();
    ///         sqlx::query("PRAGMA foreign_keys = ON").execute(connection).await.map(drop)
    ///     })
    /// });
    /// # let _ = options;
    /// # Ok::<(), tallymark_sqlx::BuildError>(())
    /// ```
    #[must_use]
    fn count_connections(self, database: Database) -> Self;
}

impl<DB: Driver> CountConnections for PoolOptions<DB> {
    fn count_connections(self, database: Database) -> Self {
        self.after_connect(move |connection, _| {
            DB::identify(database, connection);
            database.connection_opened();
            Box::pin(std::future::ready(Ok(())))
        })
    }
}
