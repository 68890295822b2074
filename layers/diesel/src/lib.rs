//! What do my queries cost, and how many rows do they write? Metrics for connections and migrations of Diesel, and of
//! diesel-async.
//!
//! Works with Diesel 2.3, and diesel-async 0.9 by the feature `diesel-async`. Diesel calls an
//! [`Instrumentation`](diesel::connection::Instrumentation) when a statement begins and ends, and when a connection is made.
//! [`DieselObserver`] is one that counts. [`install`] gives it to every connection that is opened from then on, in pools
//! too; [`observe`] gives it to one connection.
//!
//! Diesel does not report to an instrumentation how many rows a statement has written. The methods of [`CountedDsl`] do:
//! they are `execute`, `get_result` and so on with `_counted` behind, and count the rows for the model whose table it is.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-diesel = "0.1"
//! diesel = { version = "2.3", features = ["sqlite"] }
//! # SQLite is compiled in.
//! libsqlite3-sys = { version = "*", features = ["bundled"] }
//! ```
//!
//! ```rust
//! use diesel::prelude::*;
//! use tallymark::ModelMetrics;
//! use tallymark_diesel::{CountedDsl, Database, Vendor, observe};
//!
//! diesel::table! {
//!     orders (id) {
//!         id -> Integer,
//!         total -> Integer,
//!     }
//! }
//!
//! /// Stands for the rows of the table; usually a struct that is `Queryable`.
//! #[derive(ModelMetrics)]
//! #[model(name = "order", table = "orders")]
//! #[allow(dead_code)]
//! struct Order;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = Database::builder("shop").vendor(Vendor::Sqlite).build()?;
//!     let mut connection = SqliteConnection::establish(":memory:")?;
//!     observe(&mut connection, database);
//!
//!     diesel::sql_query("CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER)").execute(&mut connection)?;
//!     connection.transaction(|connection| {
//!         diesel::insert_into(orders::table)
//!             .values(&vec![orders::total.eq(5), orders::total.eq(7)])
//!             .execute_counted(connection)?;
//!         diesel::update(orders::table).set(orders::total.eq(9)).execute_counted(connection)
//!     })?;
//!
//!     let snapshot = tallymark::registry::snapshot();
//!     let model = [("model", "order")];
//!     assert_eq!(snapshot.counter("model_inserts_total", &model), Some(2));
//!     assert_eq!(snapshot.counter("model_updates_total", &model), Some(2));
//!     let labels = [("db", "shop"), ("vendor", "sqlite"), ("operation", "update")];
//!     assert_eq!(snapshot.counter("db_queries_total", &labels), Some(1));
//!     Ok(())
//! }
//! ```
//!
#![cfg_attr(
    feature = "diesel-async",
    doc = "With diesel-async everything is the same, with [`observe_async`] and [`AsyncCountedDsl`].\n"
)]
//! # What is measured
//!
//! | family | type, unit | labels | |
//! |---|---|---|---|
//! | `db_queries_total` | counter | `db`, `vendor`, `operation` | statements executed |
//! | `db_query_duration_seconds` | histogram, seconds | `db`, `vendor`, `operation` | how long they took |
//! | `db_errors_total` | counter | `db`, `vendor`, `error` | what failed, by kind |
//! | `db_queries_in_flight` | gauge | `db` | statements being executed |
//! | `db_slow_queries_total` | counter | `db` | statements over a threshold |
//! | `db_connections_opened_total`, `db_connection_errors_total` | counter | `db` | connections opened, and not opened |
//! | `db_statement_cache_misses_total` | counter | `db` | statements that had to be prepared |
//! | `db_statement_cache_entries` | gauge | `db` | prepared statements that open connections keep |
//! | `model_inserts_total`, `model_updates_total`, `model_deletes_total` | counter | `model` | rows, counted when their transaction is committed |
//! | `db_migrations_applied`, `db_migrations_pending` | gauge | `db` | migrations, by [`DieselSource`] |
//! | `tallymark_uncounted_model_writes_total` | counter | `db`, `reason` | statements that wrote rows of models, or may have, whose number is not known |
//!
//! See [`tallymark_db`](https://docs.rs/tallymark-db) for all families, for which statements write rows of models, and for
//! what is not counted. Diesel keeps every statement prepared that it can, for as long as its connection is open: a miss rate
//! that does not go down is a text that differs each time. An error of Diesel is returned as it came.
//!
//! # Limits
//!
//! - Rows that are written by plain `execute` and `load` count for no model; `tallymark_uncounted_model_writes_total` with
//!   the reason `unreported` counts the statements.
//! - The vendor is set by [`establish`] from a URL of `PostgreSQL` or `MySQL`; elsewhere the application sets it.
//! - A statement lasts until Diesel says that it has ended. For `SQLite`, and for `PostgreSQL` where rows are loaded one
//!   by one, that is when the iterator over its rows is dropped, so the time that the program takes for each row is part
//!   of it.
//! - Diesel gives no number of an error of `MySQL`, so that a deadlock, which rolls back, and a lock that was waited for too
//!   long, which does not, are one. What was written before in such a transaction goes uncounted if it is committed.
//! - diesel-async does not report that a future was dropped. A statement of `AsyncCountedDsl` counts as `cancelled` at once; any
//!   other does when its connection is used again or closed, and is in flight until then. A connection of `MySQL` is out of step
//!   after that: it may report for one statement what the server has said about the one before, so that what is written on it
//!   from there on goes uncounted.
//! - Diesel has room for one instrumentation. [`DieselObserver::then`] hands every event on to another.
//! - Diesel writes the text of each statement anew for everyone who wants to see it, values included, and allocates for it.
//!   The values are never read. The text is read for its operation and table, and forgotten.
//! - A connection in Diesel's test transaction commits nothing, so it writes no rows of models.
//! - [`RequestScope`] sees the statements of Diesel's blocking connections only if it is entered on the thread that executes
//!   them.
//! - diesel-async's `PostgreSQL` connection does not say that it could not be made; that its instrumentation is dropped
//!   unused counts as a connection error, as does a connection attempt that is given up.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod connection;
mod counted;
#[cfg(feature = "diesel-async")]
mod counted_async;
mod error;
mod migrations;
mod observer;
mod sql;

pub use connection::{InstallError, establish, install, observe};
pub use counted::CountedDsl;
#[cfg(feature = "diesel-async")]
pub use counted_async::{AsyncCountedDsl, observe_async};
pub use migrations::DieselSource;
pub use observer::DieselObserver;
pub use tallymark_db::migrations::{Migrations, MigrationsBuilder, MigrationsTask};
pub use tallymark_db::{
    BuildError, Database, DatabaseBuilder, ErrorKind, HealthChecker, Naming, RequestScope, RequestScopes,
    SlowStatement, SqlOperation, Vendor,
};
