//! Is the pool too small, and how long do tasks wait for it? Metrics for pools of deadpool.
//!
//! Works with deadpool 0.13.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-deadpool = "0.1"
//! deadpool = "0.13"
//! tokio = { version = "1", features = ["macros", "rt"] }
//! ```
//!
//! ```rust
//! use deadpool::managed::{Manager, Metrics, Pool, RecycleResult};
//! use std::io;
//! use tallymark_deadpool::{Database, InstrumentedManager, InstrumentedPool};
//!
//! /// What opens connections: a driver has one.
//! struct Numbers;
//!
//! impl Manager for Numbers {
//!     type Type = u32;
//!     type Error = io::Error;
//!
//!     async fn create(&self) -> Result<u32, io::Error> {
//!         Ok(1)
//!     }
//!
//!     async fn recycle(&self, _: &mut u32, _: &Metrics) -> RecycleResult<io::Error> {
//!         Ok(())
//!     }
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = Database::builder("main").build()?;
//!     let pool: Pool<_> = Pool::builder(InstrumentedManager::new(Numbers, database)).max_size(4).build()?;
//!     let pool = InstrumentedPool::new(pool, database);
//!
//!     let connection = pool.get().await?;
//!     assert_eq!(*connection, 1);
//!
//!     let snapshot = tallymark::registry::snapshot();
//!     assert_eq!(snapshot.value("db_pool_connections", &[("db", "main"), ("state", "in_use")]), Some(1.0));
//!     assert_eq!(snapshot.counter("db_connections_opened_total", &[("db", "main")]), Some(1));
//!     Ok(())
//! }
//! ```
//!
//! [`InstrumentedManager`] sees connections being opened, [`InstrumentedPool`] sees tasks waiting for them. Both hand over
//! what they wrap unchanged.
//!
//! | family | type | labels | from |
//! |---|---|---|---|
//! | `db_pool_connections` | gauge | `db`, `state`: `idle`, `in_use` | the pool, at each scrape |
//! | `db_pool_max_connections` | gauge | `db` | the pool, at each scrape |
//! | `db_pool_waiting` | gauge | `db` | the pool, at each scrape |
//! | `db_pool_wait_seconds` | histogram, seconds | `db` | [`InstrumentedPool`] |
//! | `db_connect_duration_seconds` | histogram, seconds | `db` | [`InstrumentedPool`], where the wait was for a new connection |
//! | `db_connections_opened_total` | counter | `db` | [`InstrumentedManager`] |
//! | `db_connection_errors_total` | counter | `db` | [`InstrumentedPool`], or [`InstrumentedManager`] where nobody waits |
//! | `db_errors_total` | counter | `db`, `vendor`, `error` | both: `pool_timeout`, `pool_closed`, `timeout`, `connection`, `cancelled` |
//!
//! Where a pool's type cannot change, because somebody else makes it, [`watch`] shows its connections, and those alone.
//!
//! # Limits
//!
//! - Connections that are taken from the pool inside (`*pool` is the pool as it was) have no wait.
//! - If the driver's own instrumentation counts opened connections too, leave [`InstrumentedManager`] out, or they count
//!   twice.
//! - A connection that is dropped while it is being opened counts neither as opened nor as an error; the wait that was
//!   given up counts as `cancelled`.
//! - `db_pool_connections` and `db_pool_waiting` are what the pool shows of itself. Pools under load count a little late.

mod manager;
mod pool;

pub use manager::InstrumentedManager;
pub use pool::{InstrumentedPool, watch};
pub use tallymark_db::{BuildError, Database, HealthChecker, Naming, Vendor, pools::PoolWatch};
