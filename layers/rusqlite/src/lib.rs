//! What does my program ask of SQLite by rusqlite, how long does that take, and what fails? Metrics for connections, statements,
//! transactions and savepoints of rusqlite.
//!
//! Works with rusqlite 0.39 to 0.43. [`InstrumentedConnection`] has the methods of a [`Connection`](rusqlite::Connection) that
//! execute something; what it prepares and begins is observed, too.
//!
//! ```toml
//! [dependencies]
//! rusqlite = { version = "0.43", features = ["bundled"] }
//! tallymark = "0.1"
//! tallymark-rusqlite = "0.1"
//! ```
//!
//! ```rust
//! use tallymark::ModelMetrics;
//! use tallymark_rusqlite::{Database, InstrumentedConnection};
//!
//! /// Stands for the rows of a table.
//! #[derive(ModelMetrics)]
//! #[model(name = "order", table = "orders")]
//! #[allow(dead_code)]
//! struct Order;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = Database::builder("main").build()?;
//!     let mut connection = InstrumentedConnection::open_in_memory(database)?;
//!     connection.execute("CREATE TABLE orders (id INTEGER)", [])?;
//!
//!     let transaction = connection.transaction()?;
//!     transaction.execute("INSERT INTO orders VALUES (1), (2)", [])?;
//!     transaction.commit()?;
//!     let count: i64 = connection.query_row("SELECT count(*) FROM orders", [], |row| row.get(0))?;
//!     assert_eq!(count, 2);
//!
//!     let shown = tallymark::registry::snapshot();
//!     let labels = [("db", "main"), ("vendor", "sqlite"), ("operation", "insert")];
//!     assert_eq!(shown.counter("db_queries_total", &labels), Some(1));
//!     assert_eq!(shown.counter("model_inserts_total", &[("model", "order")]), Some(2));
//!     Ok(())
//! }
//! ```
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
//! | `db_connections_opened_total`, `db_connection_errors_total` | counter | `db` | connections opened, and not opened, by [`InstrumentedConnection::open`] and its like |
//! | `model_inserts_total`, `model_updates_total`, `model_deletes_total` | counter | `model` | rows, counted when their transaction is committed |
//! | `tallymark_uncounted_model_writes_total` | counter | `db`, `reason` | statements that wrote rows of models, or may have, whose number is not known |
//!
//! See [`tallymark_db`](https://docs.rs/tallymark-db) for all families, for which statements write rows of models, and for
//! what is not counted. A statement that cannot be prepared is counted as one that has failed. What rusqlite or a closure makes
//! of rows that have come is no error of the database: that there is no row, or too many, or a column of another type. An error of
//! rusqlite is returned as it came.
//!
//! SQLite shows whether a transaction is open, and how many rows each statement has changed, those of `RETURNING` and of a text
//! of several statements included. So transactions are followed whatever begins and ends them.
//!
//! # Pools
//!
//! A connection of `r2d2_sqlite` or `deadpool-sqlite` is observed for as long as it is borrowed:
//! [`InstrumentedConnection::borrowed`]. [`tallymark-r2d2`](https://docs.rs/tallymark-r2d2) and
//! [`tallymark-deadpool`](https://docs.rs/tallymark-deadpool) measure the pool.
//!
//! # Limits
//!
//! - What is executed on [`InstrumentedConnection::unobserved`] is not seen, such as pragmas by `pragma_update`, backups and blobs.
//! - A transaction that is open when a connection is observed, or that is ended on the unobserved one, is noticed at the next
//!   statement. What it has written by observed statements goes uncounted.
//! - Whether [`prepare_cached`](InstrumentedConnection::prepare_cached) found a statement is not shown by rusqlite.
//! - A statement prepared once is read each time it is executed, which takes less than a microsecond.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![allow(clippy::doc_markdown, reason = "SQLite is a name")]

mod connection;
mod error;
mod observation;
mod rows;
mod statement;
mod transaction;

pub use connection::InstrumentedConnection;
pub use rows::{AndThenRows, InstrumentedRows, MappedRows};
pub use statement::InstrumentedStatement;
pub use tallymark_db::{
    BuildError, Database, DatabaseBuilder, ErrorKind, Naming, RequestScope, RequestScopes, SlowStatement,
    SqlOperation, Vendor,
};
pub use transaction::{InstrumentedSavepoint, InstrumentedTransaction};
