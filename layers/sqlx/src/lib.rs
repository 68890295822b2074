//! Pools, connections and transactions of sqlx.
//!
//! [`Instrumented`] is a pool that goes wherever a `&Pool` does. Models' rows, errors, transactions, waits: see
//! [`db`](tallymark_db) for what is counted.
//!
//! # Limits
//!
//! - What is executed on the pool itself is not seen: through [`Instrumented::into_inner`], and by functions that take
//!   `impl Acquire`, such as a migrator, to which [`inner`](Instrumented::inner) is given.
//! - A stream is measured until it ends or is dropped, with the time that its reader takes.
//! - How many statements a connection keeps prepared is told by sqlx, and shown for the connection that was taken from the
//!   pool last, in `db_statement_cache_connection_entries`: as many as the connection may keep, 100 if not set otherwise, mean
//!   that statements are prepared again and again. Whether a statement was found among them is not told, so there are no hits
//!   and misses.

mod connection;
mod count;
mod driver;
mod executor;
mod failure;
mod pool;
mod query;
mod reading;
mod run;
mod scope;
mod stream;
mod transaction;

pub use connection::{Connection, PoolConnection};
pub use count::CountConnections;
pub use driver::{Driver, Link};
pub use pool::Instrumented;
pub use transaction::Transaction;
