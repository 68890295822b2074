//! What does my service ask of its databases, how long does that take, and what fails?
//!
//! Give the database a name, wrap the pool, and go on as before:
//!
//! ```
//! # #[cfg(feature = "sqlx-sqlite")]
//! # mod example {
//! use sqlx::sqlite::SqlitePoolOptions;
//! use tallymark::{
//!     ModelMetrics,
//!     db::{Database, sqlx::{CountConnections, Instrumented}},
//! };
//!
//! #[derive(ModelMetrics)]
//! #[model(name = "order", table = "orders")]
//! struct Order;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let database = Database::builder("main").build()?;
//! let options = SqlitePoolOptions::new().max_connections(1).count_connections(database);
//! let pool = Instrumented::new(options.connect("sqlite::memory:").await?, database);
//!
//! sqlx::query("CREATE TABLE orders (id INTEGER)").execute(&pool).await?;
//! let mut transaction = pool.begin().await?;
//! sqlx::query("INSERT INTO orders VALUES (1), (2)").execute(&mut *transaction).await?;
//! transaction.commit().await?;
//!
//! let shown = tallymark::registry::snapshot();
//! let labels = [("db", "main"), ("vendor", "sqlite"), ("operation", "insert")];
//! assert_eq!(shown.counter("db_queries_total", &labels), Some(1));
//! assert_eq!(shown.counter("model_inserts_total", &[("model", "order")]), Some(2));
//! # let _ = Order;
//! # Ok(())
//! # }
//! # }
//! # #[cfg(feature = "sqlx-sqlite")]
//! # example::main().expect("it works");
//! ```
//!
//! Every driver reports to a [`Database`]: the module `sqlx` for sqlx (features `sqlx-postgres`, `sqlx-mysql`, `sqlx-sqlite`
//! and `sqlx-any`), and those for other drivers and pools beside it. To observe another driver, call [`Database::statement`]
//! around what it executes.
//!
//! # What is counted
//!
//! | family | |
//! |---|---|
//! | `db_queries_total{db,vendor,operation}` | statements executed; the [`Operation`] is told from the text |
//! | `db_query_duration_seconds{db,vendor,operation}` | how long they took, until the last row was read |
//! | `db_errors_total{db,vendor,error}` | what failed, by [`ErrorKind`] or [class of `SQLSTATE`](Builder::sqlstate_classes) |
//! | `db_queries_in_flight{db}` | statements being executed |
//! | `db_slow_queries_total{db}` | statements over [a threshold](Builder::slow_threshold) |
//! | `db_n_plus_one_total{db}` | statements that one [request](RequestScope) [repeated](Builder::n_plus_one) |
//! | `http_request_db_queries` | statements of a request |
//! | `db_connections_opened_total{db}`, `db_connection_errors_total{db}` | connections opened, and not opened |
//! | `db_connect_duration_seconds{db}` | time to get a connection that had to be opened |
//! | `db_pool_wait_seconds{db}` | time to get one that was open, or none |
//! | `db_pool_connections{db,state}`, `db_pool_max_connections{db}` | connections that are `idle` and `in_use`, and the limit |
//! | `db_pool_healthy{db}`, `db_pool_health_checks_total{db}`, `db_pool_health_failures_total{db}` | what a [`HealthChecker`] found |
//! | `db_statement_cache_*{db}` | prepared statements, as far as the [driver tells](#prepared-statements) |
//! | `model_inserts_total{model}`, `model_updates_total{model}`, `model_deletes_total{model}` | rows, see below |
//!
//! No label holds the text of a statement, a value, an address or a credential. That a query found no row is no error.
//! With [`Naming::Django`](tallymark_core::Naming::Django) the families have the names, labels and help texts of django-prometheus.
//!
//! # Rows of models
//!
//! [`#[derive(ModelMetrics)]`](derive@crate::ModelMetrics) says which table holds a model's rows. Every statement that writes
//! to it through an observed connection is counted by the number of rows that the database tells: single rows and many at
//! once, with `RETURNING` and without, by a query builder or by hand. What fails counts nothing.
//!
//! Rows written in a transaction are counted when it is committed, and not at all if it is rolled back; savepoints are
//! followed too. `#[model(on_statement)]` for one model, and [`Builder::on_statement`] for all, count at once.
//!
//! [`#[model_op]`](macro@crate::model_op) is for stores that this module does not see. On a function whose statements it does
//! see, **each row is counted twice**: use one of the two.
//!
//! # Prepared statements
//!
//! | driver | tells |
//! |---|---|
//! | sqlx | how many a connection keeps: `db_statement_cache_connection_entries`, of the connection taken from the pool last |
//! | Diesel, diesel-async | when one is prepared: `db_statement_cache_misses_total`, and `db_statement_cache_entries` of all connections |
//! | SeaORM | nothing |
//! | another | see [`Database::statement_cache`] |
//!
//! No driver tells when it finds a statement that it has prepared before, so `db_statement_cache_hits_total` is there only for an
//! adapter of one's own.
//!
//! # Limits
//!
//! - Only what goes through an observed connection is seen: no triggers, no `ON DELETE CASCADE`, no writes within a `WITH`
//!   before the main statement, no `COPY`, no stored procedures.
//! - `PostgreSQL` and `SQLite` tell one number for an `INSERT … ON CONFLICT DO UPDATE`; all its rows count as inserted.
//!   `MySQL` tells them apart if the text lists the rows. A `MERGE` counts if it does one thing only.
//! - A statement that writes to several tables counts for none of them, and so does one whose number of rows the driver does
//!   not tell.
//! - A transaction that `SET autocommit` begins is not noticed, and one that is prepared (`PREPARE TRANSACTION`) is counted
//!   by nobody.
//! - Text that a server reads otherwise than the standard, by a setting of its own, may be taken for `other`.
//! - Requests are told apart within the task that enters a [`RequestScope`]; tasks that it spawns are not part of it. Sixty-four
//!   different statements of a request are told apart.

mod django;
mod error;
mod failure;
mod health;
pub mod migrations;
mod models;
mod observer;
mod operation;
pub mod pools;
mod request;
mod sql;
mod vendor;

pub use error::BuildError;
pub use failure::{ErrorKind, Failure, Sqlstate};
pub use health::{HealthChecker, HealthError, HealthSettings};
pub use observer::{
    Database, DatabaseBuilder, PendingRows, PoolState, Session, SlowStatement, Statement, StatementCache,
    TransactionStatus, Wait,
};
pub use operation::SqlOperation;
pub use request::{Entered, RequestScope, RequestScopes, Scoped};
pub use tallymark_core::Naming;
pub use vendor::Vendor;
