//! What does my service ask of its databases, how long does that take, and what fails? The part of tallymark's database
//! metrics that is the same for all drivers.
//!
//! Applications use the package for their driver, which has what they need of this one: `tallymark-sqlx`,
//! `tallymark-sea-orm`, `tallymark-diesel`, `tallymark-rusqlite`, `tallymark-tokio-postgres`, and for pools
//! `tallymark-deadpool`, `tallymark-bb8`, `tallymark-r2d2`. To observe another driver, call [`Database::statement`] around what it executes:
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-db = "0.1"
//! ```
//!
//! ```rust
//! use tallymark::ModelMetrics;
//! use tallymark_db::{Database, Session, Vendor};
//!
//! #[derive(ModelMetrics)]
//! #[model(name = "order", table = "orders")]
//! #[allow(dead_code)]
//! struct Order;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = Database::builder("main").vendor(Vendor::Sqlite).build()?;
//!     // One for each connection.
//!     let mut session = Session::new(database);
//!     for (sql, rows) in [("BEGIN", 0), ("INSERT INTO orders VALUES (1), (2)", 2), ("COMMIT", 0)] {
//!         let statement = database.statement(sql);
//!         // … the driver executes it …
//!         statement.finish_in(&mut session, Some(rows));
//!     }
//!
//!     let shown = tallymark::registry::snapshot();
//!     let labels = [("db", "main"), ("vendor", "sqlite"), ("operation", "insert")];
//!     assert_eq!(shown.counter("db_queries_total", &labels), Some(1));
//!     assert_eq!(shown.counter("model_inserts_total", &[("model", "order")]), Some(2));
//!     Ok(())
//! }
//! ```
//!
//! # What is counted
//!
//! | family | type, unit | |
//! |---|---|---|
//! | `db_queries_total{db,vendor,operation}` | counter | statements executed; the [`SqlOperation`] is known from the text |
//! | `db_query_duration_seconds{db,vendor,operation}` | histogram, seconds | how long they took, until the last row was read |
//! | `db_errors_total{db,vendor,error}` | counter | what failed, by [`ErrorKind`] or [class of `SQLSTATE`](DatabaseBuilder::sqlstate_classes) |
//! | `db_queries_in_flight{db}` | gauge | statements being executed |
//! | `db_slow_queries_total{db}` | counter | statements over [a threshold](DatabaseBuilder::slow_threshold) |
//! | `db_n_plus_one_total{db}` | counter | statements that one [request](RequestScope) [repeated](DatabaseBuilder::n_plus_one) |
//! | `http_request_db_queries` | histogram | statements of a request |
//! | `db_connections_opened_total{db}`, `db_connection_errors_total{db}` | counter | connections opened, and not opened |
//! | `db_connect_duration_seconds{db}` | histogram, seconds | time to get a connection that had to be opened |
//! | `db_pool_wait_seconds{db}` | histogram, seconds | time to get one that was open, or none |
//! | `db_pool_connections{db,state}`, `db_pool_max_connections{db}` | gauge | connections that are `idle` and `in_use`, and the limit |
//! | `db_pool_healthy{db}`, `db_pool_health_checks_total{db}`, `db_pool_health_failures_total{db}` | gauge, counters | what a [`HealthChecker`] found |
//! | `db_statement_cache_*{db}` | counters, gauges | prepared statements, as far as the driver reports them: [`StatementCache`] |
//! | `model_inserts_total{model}`, `model_updates_total{model}`, `model_deletes_total{model}` | counter | rows, see below |
//! | `tallymark_uncounted_model_writes_total{db,reason}` | counter | statements whose rows are [not counted](#what-is-not-counted) |
//!
//! No label holds the text of a statement, a value, an address or a credential. That a query found no row is no error.
//! With [`Naming::Django`] the families have the names, labels and help texts of django-prometheus.
//!
//! # Rows of models
//!
//! `#[derive(ModelMetrics)]` says which table holds a model's rows. Every statement that writes to it through an observed
//! connection is counted by the number of rows that the database reports: single rows and many at once, with `RETURNING`
//! and without, by a query builder or by hand. What fails counts nothing.
//!
//! Rows written in a transaction are counted when it is committed, and not at all if it is rolled back; savepoints are
//! followed too, and what each statement does to a transaction by vendor: implicit commits of `MySQL`, aborted transactions
//! of `PostgreSQL`, savepoints that are transactions on `SQLite`. `#[model(on_statement)]` for one model, and
//! [`DatabaseBuilder::on_statement`] for all, count at once.
//!
//! A name without a schema is looked for in the [schema of the database](DatabaseBuilder::schema): `orders` is another table
//! than `archive.orders`.
//!
//! `#[model_op]` is for stores that this package does not see. On a function whose statements it does see, **each row is
//! counted twice**: use one of the two.
//!
//! # What is not counted
//!
//! What cannot be known is not guessed. `tallymark_uncounted_model_writes_total{db,reason}` counts the statements that wrote
//! rows of models, or may have:
//!
//! | `reason` | |
//! |---|---|
//! | `mixed` | one number was reported for rows that were inserted, updated and deleted: `ON CONFLICT … DO UPDATE`, a `MERGE` that does several things, `ON DUPLICATE KEY UPDATE` as far as it is not known that rows were changed (`MySQL` reports 1 for a row that was inserted, and for one that was there already as it should be) |
//! | `replaced` | `REPLACE` on `SQLite`, and with `RETURNING` on MariaDB: its inserts are counted, and the rows that go are not reported |
//! | `unreported` | nobody reports the number: `TRUNCATE`, `LOAD DATA`, a text of several statements with a driver that reports one number for all, Diesel's plain `execute` |
//! | `several_tables` | an `UPDATE` or `DELETE` of `MySQL` that writes to several tables, or does not say to which |
//! | `schema` | the table is in a schema that may be the one which names without a schema are looked for in |
//! | `unseen` | rows written within a `WITH` before the main statement, by a procedure (`CALL`), `EXECUTE`, `DO`, `EXPLAIN ANALYZE`, `COMMIT PREPARED`, or in a comment that `MySQL` executes by its version |
//! | `interrupted` | a statement that was cancelled, or whose stream was dropped or whose connection was lost before its end; `OR FAIL` that failed |
//! | `transaction` | whether the transaction was committed is not known: `COMMIT` was cut off, DDL failed on `MySQL` before a rollback, a transaction was prepared or left open on a connection that went back to its pool |
//!
//! # Limits
//!
//! - Only what goes through an observed connection is seen: no triggers, no `ON DELETE CASCADE`, no rules, no rows that
//!   `CREATE TABLE … AS` or `SELECT … INTO` writes, no functions that write and are called by `SELECT`.
//! - Tables that cannot roll back (`MyISAM`) are taken for ones that can.
//! - The settings of a server are taken for the defaults: `autocommit` of a new connection, `completion_type`,
//!   `innodb_rollback_on_timeout`, and `found rows` for what `MySQL` reports. A procedure of `MySQL` that leaves open a
//!   transaction which it has begun is not noticed outside of one.
//! - A temporary table that hides one of a model's is taken for it. Names are compared without case.
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
