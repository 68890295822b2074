//! A pool under observation.

use super::{
    capacity::Capacity, connection::InstrumentedPoolConnection, driver::Driver, error::not_acquired,
    transaction::InstrumentedTransaction,
};
use sqlx::{
    Connection, Pool, SqlSafeStr,
    error::Error,
    pool::{CloseEvent, PoolOptions},
};
use std::{
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
};
use tallymark_core::registry::Registration;
use tallymark_db::{Database, PoolState};

/// A pool under observation, which goes wherever a `&Pool` does: to `query`, `query_as`, `query!` and streams.
///
/// Its own `acquire` and `begin` give connections and transactions that are under observation too. It can be cloned as a
/// pool can.
///
/// A function that takes a `&Pool` takes an `&Instrumented<Pool>` instead, or it does not compile: given the pool itself,
/// by [`inner`](Self::inner), it would work and not be observed.
///
/// ```compile_fail,E0308
/// use tallymark_sqlx::Instrumented;
///
/// async fn orders(pool: &sqlx::SqlitePool) {}
///
/// async fn handler(pool: Instrumented<sqlx::SqlitePool>) {
///     orders(&pool).await;
/// }
/// ```
///
/// ```
/// use sqlx::sqlite::SqlitePoolOptions;
/// use tallymark_sqlx::{CountConnections, Database, Instrumented};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Database::builder("pool").build()?;
/// let options = SqlitePoolOptions::new().max_connections(1).count_connections(database);
/// let pool = Instrumented::new(options.connect("sqlite::memory:").await?, database);
///
/// let sum: i64 = sqlx::query_scalar("SELECT 1 + 1").fetch_one(&pool).await?;
/// assert_eq!(sum, 2);
///
/// let shown = tallymark::registry::snapshot();
/// let labels = [("db", "pool"), ("vendor", "sqlite"), ("operation", "select")];
/// assert_eq!(shown.counter("db_queries_total", &labels), Some(1));
/// assert_eq!(shown.counter("db_connections_opened_total", &[("db", "pool")]), Some(1));
/// # Ok(())
/// # }
/// ```
pub struct Instrumented<P> {
    pool: P,
    database: Database,
    shared: Arc<Shared>,
}

/// What all clones have.
struct Shared {
    capacity: Capacity,
    /// Shows the pool as long as there is a clone.
    _registration: Registration,
}

impl<DB: Driver> Instrumented<Pool<DB>> {
    /// Observes a pool. Its connections are shown in `db_pool_connections{db,state}` until the last clone is dropped.
    ///
    /// The connections that it opens are counted if [`CountConnections`](super::CountConnections) was asked for when it was
    /// made.
    pub fn new(pool: Pool<DB>, database: Database) -> Self {
        let options = pool.connect_options();
        DB::identify_by_options(database, &options);
        if DB::SHOWS_PREPARED {
            database.statement_cache().show_lookups();
        }
        let shown = pool.clone();
        let registration = database.register_pool(move || {
            PoolState::new(shown.size().into(), shown.num_idle() as u64)
                .max(shown.options().get_max_connections().into())
        });
        let shared = Shared { capacity: Capacity::new(&options), _registration: registration };
        Self { pool, database, shared: Arc::new(shared) }
    }

    /// Returns the database.
    pub fn database(&self) -> Database {
        self.database
    }

    pub(super) fn capacity(&self) -> u64 {
        self.shared.capacity.get()
    }

    /// Returns the pool, for functions that take no other, such as a migrator. What is executed on it is not observed.
    pub fn inner(&self) -> &Pool<DB> {
        &self.pool
    }

    /// Returns the pool. What is executed on it is not observed.
    pub fn into_inner(self) -> Pool<DB> {
        self.pool
    }

    /// Closes the pool, and waits until all connections are back and closed. As sqlx's `close`, it is closed from the call
    /// on.
    pub fn close(&self) -> impl Future<Output = ()> + '_ {
        self.pool.close()
    }

    /// Whether the pool is closed.
    pub fn is_closed(&self) -> bool {
        self.pool.is_closed()
    }

    /// Returns a future that is ready once the pool is closed, and that can give up another.
    pub fn close_event(&self) -> CloseEvent {
        self.pool.close_event()
    }

    /// Returns how many connections are open, idle ones included.
    pub fn size(&self) -> u32 {
        self.pool.size()
    }

    /// Returns how many connections are idle.
    pub fn num_idle(&self) -> usize {
        self.pool.num_idle()
    }

    /// Returns how connections are made.
    pub fn connect_options(&self) -> Arc<<DB::Connection as Connection>::Options> {
        self.pool.connect_options()
    }

    /// Changes how connections are made from now on.
    pub fn set_connect_options(&self, options: <DB::Connection as Connection>::Options) {
        self.shared.capacity.also(&options);
        self.pool.set_connect_options(options);
    }

    /// Returns the options of the pool.
    pub fn options(&self) -> &PoolOptions<DB> {
        self.pool.options()
    }

    /// Takes a connection.
    ///
    /// # Errors
    ///
    /// Those of sqlx's `acquire`.
    pub fn acquire(
        &self,
    ) -> impl Future<Output = Result<InstrumentedPoolConnection<DB>, Error>> + Send + 'static {
        let (pool, database, capacity) = (self.pool.clone(), self.database, self.capacity());
        async move { Ok(InstrumentedPoolConnection::new(acquire(&pool, database).await?, database, capacity)) }
    }

    /// Takes a connection if one is idle.
    pub fn try_acquire(&self) -> Option<InstrumentedPoolConnection<DB>> {
        Some(InstrumentedPoolConnection::new(self.pool.try_acquire()?, self.database, self.capacity()))
    }

    /// Takes a connection and begins a transaction.
    ///
    /// # Errors
    ///
    /// Those of sqlx's `begin`.
    pub async fn begin(&self) -> Result<InstrumentedTransaction<'static, DB>, Error> {
        let connection = acquire(&self.pool, self.database).await?;
        InstrumentedTransaction::begin(connection, None, self.database, self.capacity()).await
    }

    /// Takes a connection and begins a transaction by another statement, such as `BEGIN IMMEDIATE`.
    ///
    /// # Errors
    ///
    /// Those of sqlx's `begin_with`.
    pub async fn begin_with(
        &self,
        statement: impl SqlSafeStr,
    ) -> Result<InstrumentedTransaction<'static, DB>, Error> {
        let statement = statement.into_sql_str();
        let connection = acquire(&self.pool, self.database).await?;
        InstrumentedTransaction::begin(connection, Some(statement), self.database, self.capacity()).await
    }

    /// Takes a connection and begins a transaction if one is idle.
    ///
    /// # Errors
    ///
    /// Those of sqlx's `try_begin`.
    pub async fn try_begin(&self) -> Result<Option<InstrumentedTransaction<'static, DB>>, Error> {
        match self.pool.try_acquire() {
            Some(connection) => {
                let begun =
                    InstrumentedTransaction::begin(connection, None, self.database, self.capacity()).await;
                begun.map(Some)
            }
            None => Ok(None),
        }
    }

    /// Takes a connection and begins a transaction by another statement if one is idle.
    ///
    /// # Errors
    ///
    /// Those of sqlx's `try_begin_with`.
    pub async fn try_begin_with(
        &self,
        statement: impl SqlSafeStr,
    ) -> Result<Option<InstrumentedTransaction<'static, DB>>, Error> {
        let statement = statement.into_sql_str();
        match self.pool.try_acquire() {
            Some(connection) => {
                let sql = Some(statement);
                let begun =
                    InstrumentedTransaction::begin(connection, sql, self.database, self.capacity()).await;
                begun.map(Some)
            }
            None => Ok(None),
        }
    }
}

impl<P: Clone> Clone for Instrumented<P> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), database: self.database, shared: Arc::clone(&self.shared) }
    }
}

impl<P> fmt::Debug for Instrumented<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instrumented").field("database", &self.database).finish_non_exhaustive()
    }
}

/// Takes a connection, and measures how long that takes.
pub(super) async fn acquire<DB: Driver>(
    pool: &Pool<DB>,
    database: Database,
) -> Result<sqlx::pool::PoolConnection<DB>, Error> {
    let mut wait = database.wait();
    let mut acquired = pin!(pool.acquire());
    let result = poll_fn(|context| wait.watch(|| acquired.as_mut().poll(context))).await;
    match &result {
        Ok(connection) => {
            wait.finish();
            if let Some(entries) = DB::prepared(connection) {
                database.statement_cache().connection_entries(entries);
            }
        }
        Err(error) => {
            let is_exhausted = pool.size() >= pool.options().get_max_connections();
            not_acquired(wait, error, database.vendor(), is_exhausted);
        }
    }
    result
}
