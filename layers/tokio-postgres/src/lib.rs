//! What does my service ask of PostgreSQL by tokio-postgres, how long does that take, and what fails? Metrics for clients,
//! statements, transactions and connections of tokio-postgres.
//!
//! Works with tokio-postgres 0.7. [`InstrumentedClient`] has the methods of a [`Client`](tokio_postgres::Client) that execute
//! something; what it prepares and begins is observed, too.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-tokio-postgres = "0.1"
//! tokio = { version = "1", features = ["macros", "rt"] }
//! tokio-postgres = "0.7"
//! ```
//!
//! ```rust,no_run
//! use tallymark::ModelMetrics;
//! use tallymark_tokio_postgres::{Database, InstrumentedClient};
//! use tokio_postgres::NoTls;
//!
//! /// Stands for the rows of a table.
//! #[derive(ModelMetrics)]
//! #[model(name = "order", table = "orders")]
//! #[allow(dead_code)]
//! struct Order;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = Database::builder("main").build()?;
//!     let config = "host=localhost user=shop dbname=shop".parse()?;
//!     let (mut client, connection) = InstrumentedClient::connect(&config, NoTls, database).await?;
//!     tokio::spawn(connection);
//!
//!     let transaction = client.transaction().await?;
//!     transaction.execute("INSERT INTO orders (item) VALUES ($1), ($2)", &[&"pen", &"ink"]).await?;
//!     transaction.commit().await?;
//!     let row = client.query_one("SELECT count(*) FROM orders", &[]).await?;
//!     println!("{} orders", row.get::<_, i64>(0));
//!
//!     let shown = tallymark::registry::snapshot();
//!     let labels = [("db", "main"), ("vendor", "postgresql"), ("operation", "insert")];
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
//! | `db_connections_opened_total`, `db_connection_errors_total` | counter | `db` | connections opened, and not opened, by [`InstrumentedClient::connect`] |
//! | `model_inserts_total`, `model_updates_total`, `model_deletes_total` | counter | `model` | rows, counted when their transaction is committed |
//! | `tallymark_uncounted_model_writes_total` | counter | `db`, `reason` | statements that wrote rows of models, or may have, whose number is not known |
//!
//! See [`tallymark_db`](https://docs.rs/tallymark-db) for all families, for which statements write rows of models, and for
//! what is not counted. A statement that cannot be prepared is counted as one that has failed. That a query found no row, or too
//! many, is no error of the database. An error of tokio-postgres is returned as it came.
//!
//! A text is given as `&str`. A prepared statement is an [`InstrumentedStatement`], because that of tokio-postgres does not show
//! its text. Rows that are copied into a table are counted when [the copy is finished](InstrumentedCopyIn::finish).
//!
//! # Pools
//!
//! A client of `deadpool-postgres` or `bb8-postgres` is observed for as long as it is borrowed:
//! [`InstrumentedClient::borrowed`]. [`tallymark-deadpool`](https://docs.rs/tallymark-deadpool) and
//! [`tallymark-bb8`](https://docs.rs/tallymark-bb8) measure the pool.
//!
//! # Limits
//!
//! - What is executed on [`InstrumentedClient::unobserved`] is not seen, nor are portals.
//! - The server does not show tokio-postgres whether a transaction is open, so transactions are followed by the statements alone.
//! - A transaction that is dropped is rolled back by a statement that nobody waits for, and that is not counted.
//! - A stream is measured until it ends or is dropped, with the time that its reader takes. Rows that a statement writes
//!   whose stream is dropped before its end go uncounted, and so do those of a `query_one` or `query_opt` that returns more
//!   than one row.
//! - Statements that run at the same time on one client are taken to be executed in the order in which they end.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![allow(clippy::doc_markdown, reason = "PostgreSQL is a name")]

mod client;
mod error;
mod execution;
mod query;
mod stream;
mod transaction;

pub use client::InstrumentedClient;
pub use query::{InstrumentedStatement, Query};
pub use stream::{InstrumentedCopyIn, InstrumentedCopyOut, InstrumentedRowStream};
pub use tallymark_db::{
    BuildError, Database, DatabaseBuilder, ErrorKind, Naming, RequestScope, RequestScopes, SlowStatement,
    SqlOperation, Vendor,
};
pub use transaction::{InstrumentedTransaction, InstrumentedTransactionBuilder};
