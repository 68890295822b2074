//! What does my service ask of its databases by sqlx, how long does that take, and what fails? Metrics for pools,
//! connections, transactions and migrations of sqlx.
//!
//! Works with sqlx 0.9. [`Instrumented`] is a pool that goes wherever a `&Pool` does.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-sqlx = { version = "0.1", features = ["sqlite"] }
//! sqlx = { version = "0.9", features = ["runtime-tokio", "sqlite"] }
//! tokio = { version = "1", features = ["macros", "rt"] }
//! ```
//!
//! ```rust
//! use sqlx::sqlite::SqlitePoolOptions;
//! use tallymark::ModelMetrics;
//! use tallymark_sqlx::{CountConnections, Database, Instrumented};
//!
//! /// Stands for the rows of a table; usually the struct that `query_as` reads.
//! #[derive(ModelMetrics)]
//! #[model(name = "order", table = "orders")]
//! #[allow(dead_code)]
//! struct Order;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = Database::builder("main").build()?;
//!     let options = SqlitePoolOptions::new().max_connections(1).count_connections(database);
//!     let pool = Instrumented::new(options.connect("sqlite::memory:").await?, database);
//!
//!     sqlx::query("CREATE TABLE orders (id INTEGER)").execute(&pool).await?;
//!     let mut transaction = pool.begin().await?;
//!     sqlx::query("INSERT INTO orders VALUES (1), (2)").execute(&mut *transaction).await?;
//!     transaction.commit().await?;
//!
//!     let shown = tallymark::registry::snapshot();
//!     let labels = [("db", "main"), ("vendor", "sqlite"), ("operation", "insert")];
//!     assert_eq!(shown.counter("db_queries_total", &labels), Some(1));
//!     assert_eq!(shown.counter("model_inserts_total", &[("model", "order")]), Some(2));
//!     Ok(())
//! }
//! ```
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `postgres`, `mysql`, `sqlite`, `any` | the databases that are observed; sqlx' own features of these names stay for the application to set |
//! | `migrate` | [`SqlxSource`]: applied and pending migrations |
//!
//! # What is measured
//!
//! | family | type, unit | labels | |
//! |---|---|---|---|
//! | `db_queries_total` | counter | `db`, `vendor`, `operation` | statements executed |
//! | `db_query_duration_seconds` | histogram, seconds | `db`, `vendor`, `operation` | how long they took, until the last row was read |
//! | `db_errors_total` | counter | `db`, `vendor`, `error` | what failed, by kind |
//! | `db_queries_in_flight` | gauge | `db` | statements being executed |
//! | `db_slow_queries_total` | counter | `db` | statements over a threshold |
//! | `db_connections_opened_total`, `db_connection_errors_total` | counter | `db` | connections opened, and not opened, of pools with [`CountConnections`] |
//! | `db_connect_duration_seconds`, `db_pool_wait_seconds` | histogram, seconds | `db` | time to get a connection that had to be opened, and one that was open |
//! | `db_pool_connections`, `db_pool_max_connections` | gauge | `db`, `state` | connections that are `idle` and `in_use`, and the limit |
//! | `db_statement_cache_hits_total`, `db_statement_cache_misses_total` | counter | `db` | statements that the connection had prepared before, and that it had to prepare |
//! | `db_statement_cache_unknown_total` | counter | `db` | statements that may be either: see [below](#prepared-statements) |
//! | `db_statement_cache_connection_entries` | gauge | `db` | statements that the connection keeps prepared which was taken from the pool last |
//! | `model_inserts_total`, `model_updates_total`, `model_deletes_total` | counter | `model` | rows, counted when their transaction is committed |
//! | `tallymark_uncounted_model_writes_total` | counter | `db`, `reason` | statements that wrote rows of models, or may have, whose number is not known |
//!
//! See [`tallymark_db`](https://docs.rs/tallymark-db) for all families, for which statements write rows of models, and for
//! what is not counted. That a query found no row is no error. An error of sqlx is returned as it came.
//!
//! With `sqlx::Any`, the vendor is that of the pool's URL.
//!
//! # Functions that take a connection
//!
//! A function that takes a `&mut SqliteConnection` takes a `&mut` [`InstrumentedConnection<'_, Sqlite>`](InstrumentedConnection)
//! instead, and is called with `&mut *transaction`, `&mut *connection` of a pool, or a connection of one's own.
//!
//! # Prepared statements
//!
//! A connection keeps the statements that it has prepared, 100 of them if not set otherwise. sqlx shows how many there are,
//! and no more, so that is compared before and after each statement:
//!
//! | afterwards there are | counted as |
//! |---|---|
//! | more | a miss |
//! | as many, and there is room for more | a hit |
//! | none, because the capacity is 0 | a miss |
//! | as many, and there is no room | unknown: a statement that was found, or one that has taken the place of another, leaves the same number |
//!
//! Unknown are as well, where there are as many as before: statements that fail or are cancelled; for `SQLite`, what ends with its
//! first row (`fetch_one`, `fetch_optional`, a stream that is dropped), as its connection is a thread of its own that may show
//! the number later; and statements of connections that were not taken from an [`Instrumented`] pool, whose capacity nobody
//! knows. Evictions are not counted. So a cache that is too small shows as `db_statement_cache_connection_entries` at the capacity,
//! with nearly all statements unknown.
//!
//! What the driver does not keep is not counted: `raw_sql`, text that is executed by itself, and queries with
//! `persistent(false)`. `sqlx::Any` does not show how many statements there are.
//!
//! The capacity is that of the pool's options when it is observed, or the least that was given to
//! [`set_connect_options`](Instrumented::set_connect_options) since. Options that are set behind its back, on the pool itself,
//! are not seen.
//!
//! # Limits
//!
//! - What is executed on the pool itself is not seen: through [`Instrumented::into_inner`], and by functions that take
//!   `impl Acquire`, such as a migrator, to which [`inner`](Instrumented::inner) is given.
//! - A stream is measured until it ends or is dropped, with the time that its reader takes. Rows that a statement writes
//!   whose stream is dropped before its end go uncounted.
//! - sqlx does not show whether a transaction is open on the server, so transactions are followed by the statements alone.
//!   A connection of a pool is expected to come with `autocommit` on, and in no transaction.
//! - sqlx loses track of its transactions when text has ended one behind its back and the savepoint that it wants to release or
//!   roll back to is gone (`SQLite`, `MySQL`), and when it cannot begin a transaction in a transaction. What is written on that
//!   connection from there on goes uncounted.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod capacity;
mod connection;
mod count;
mod driver;
mod error;
mod execution;
mod executor;
mod generator;
mod lookup;
#[cfg(feature = "migrate")]
mod migrations;
mod pool;
mod query;
mod scope;
mod transaction;

pub use connection::{InstrumentedConnection, InstrumentedPoolConnection};
pub use count::CountConnections;
pub use driver::{Driver, Link};
#[cfg(feature = "migrate")]
pub use migrations::SqlxSource;
pub use pool::Instrumented;
#[cfg(feature = "migrate")]
pub use tallymark_db::migrations::{Migrations, MigrationsBuilder, MigrationsTask};
pub use tallymark_db::{
    BuildError, Database, DatabaseBuilder, ErrorKind, HealthChecker, Naming, RequestScope, RequestScopes,
    SlowStatement, SqlOperation, Vendor,
};
pub use transaction::InstrumentedTransaction;
