//! Diesel, and diesel-async.
//!
//! # What do my queries cost, and how many rows do they write?
//!
//! Diesel tells an [`Instrumentation`](diesel::connection::Instrumentation) when a statement begins and ends, and when
//! a connection is made. [`DieselObserver`] is one that counts. [`install`] gives it to every connection that is opened
//! from then on, in pools too; [`observe`] gives it to one connection.
//!
//! Diesel does not tell an instrumentation how many rows a statement has written. The methods of [`CountedDsl`] do: they
//! are `execute`, `get_result` and so on with `_counted` behind, and count the rows for the model whose table it is.
//!
//! ```
//! use diesel::prelude::*;
//! use tallymark::{ModelMetrics, db::{Database, Vendor, diesel::{self as observed, CountedDsl as _}}};
//!
//! diesel::table! {
//!     orders (id) {
//!         id -> Integer,
//!         total -> Integer,
//!     }
//! }
//!
//! #[derive(ModelMetrics)]
//! #[model(name = "order", table = "orders")]
//! struct Order;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let database = Database::builder("shop").vendor(Vendor::Sqlite).build()?;
//! let mut connection = SqliteConnection::establish(":memory:")?;
//! observed::observe(&mut connection, database);
//!
//! diesel::sql_query("CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER)").execute(&mut connection)?;
//! connection.transaction(|connection| {
//!     diesel::insert_into(orders::table)
//!         .values(&vec![orders::total.eq(5), orders::total.eq(7)])
//!         .execute_counted(connection)?;
//!     diesel::update(orders::table).set(orders::total.eq(9)).execute_counted(connection)
//! })?;
//!
//! let snapshot = tallymark::registry::snapshot();
//! let model = [("model", "order")];
//! assert_eq!(snapshot.counter("model_inserts_total", &model), Some(2));
//! assert_eq!(snapshot.counter("model_updates_total", &model), Some(2));
//! let labels = [("db", "shop"), ("vendor", "sqlite"), ("operation", "update")];
//! assert_eq!(snapshot.counter("db_queries_total", &labels), Some(1));
//! # let _ = Order;
//! # Ok(())
//! # }
//! ```
//!
//! Rows that are written in a transaction count when it is committed; rolled back, they never do, and savepoints are
//! followed. Statements, durations, errors and connections are the families of [`db`](super).
//!
#![cfg_attr(
    feature = "diesel-async",
    doc = "With diesel-async everything is the same, with [`observe_async`] and [`AsyncCountedDsl`].\n"
)]
//! Diesel keeps every statement prepared that it can, for as long as its connection is open, and tells when it prepares one:
//! `db_statement_cache_misses_total` counts these, `db_statement_cache_entries` those that open connections keep. A miss rate
//! that does not go down is a text that differs each time. Diesel does not tell when it finds a statement, so there are no
//! hits.
//!
//! # Limits
//!
//! - Rows that are written by plain `execute` and `load` count for no model. The statement counts all the same.
//! - A statement lasts until Diesel says that it has ended. For `SQLite`, and for `PostgreSQL` where rows are loaded one
//!   by one, that is when the iterator over its rows is dropped, so the time that the program takes for each row is part
//!   of it.
//! - Of a future of diesel-async that is dropped, nobody tells. The statement counts as `cancelled` when the connection
//!   is used again or closed, and is in flight until then.
//! - Diesel has room for one instrumentation. [`DieselObserver::then`] hands every event on to another.
//! - Diesel writes the text of each statement anew for whoever wants to see it, values included, and allocates for it. The
//!   values are never read. The text is read for its operation and table, and forgotten.
//! - A connection in Diesel's test transaction commits nothing, so it writes no rows of models.
//! - [`RequestScope`](super::RequestScope) sees the statements of Diesel's blocking connections only if it is entered on
//!   the thread that executes them.
//! - diesel-async's `PostgreSQL` connection does not say that it could not be made; that its instrumentation is dropped
//!   unused counts as a connection error, as does a connection attempt that is given up.

mod connection;
mod counted;
#[cfg(feature = "diesel-async")]
mod counted_async;
mod failure;
mod observer;
mod sql;

pub use connection::{InstallError, establish, install, observe};
pub use counted::CountedDsl;
#[cfg(feature = "diesel-async")]
pub use counted_async::{AsyncCountedDsl, observe_async};
pub use observer::DieselObserver;
