//! Is the pool too small, and how long do tasks wait for it? Metrics for pools of r2d2.
//!
//! Works with r2d2 0.8.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-r2d2 = "0.1"
//! r2d2 = "0.8"
//! ```
//!
//! ```rust
//! use r2d2::{ManageConnection, Pool};
//! use std::io;
//! use tallymark_r2d2::{Database, InstrumentedManager, InstrumentedPool};
//!
//! /// What opens connections: a driver has one.
//! struct Numbers;
//!
//! impl ManageConnection for Numbers {
//!     type Connection = u32;
//!     type Error = io::Error;
//!
//!     fn connect(&self) -> Result<u32, io::Error> {
//!         Ok(1)
//!     }
//!
//!     fn is_valid(&self, _: &mut u32) -> Result<(), io::Error> {
//!         Ok(())
//!     }
//!
//!     fn has_broken(&self, _: &mut u32) -> bool {
//!         false
//!     }
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let database = Database::builder("main").build()?;
//!     let pool = Pool::builder().max_size(4).build(InstrumentedManager::new(Numbers, database))?;
//!     let pool = InstrumentedPool::new(pool, database);
//!
//!     let connection = pool.get()?;
//!     assert_eq!(*connection, 1);
//!
//!     let snapshot = tallymark::registry::snapshot();
//!     assert_eq!(snapshot.value("db_pool_connections", &[("db", "main"), ("state", "in_use")]), Some(1.0));
//!     assert_eq!(snapshot.value("db_pool_max_connections", &[("db", "main")]), Some(4.0));
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
//! | `db_pool_wait_seconds` | histogram, seconds | `db` | [`InstrumentedPool`] |
//! | `db_connections_opened_total`, `db_connection_errors_total` | counter | `db` | [`InstrumentedManager`] |
//! | `db_errors_total` | counter | `db`, `vendor`, `error` | both: `pool_timeout`, `connection` |
//!
//! Where a pool's type cannot change, because somebody else makes it, [`watch`] shows its connections, and those alone.
//!
//! # Limits
//!
//! - Connections that are taken from the pool inside (`*pool` is the pool as it was) have no wait.
//! - r2d2 opens connections in the background, so a wait for a new one is a wait for the pool like any other. And it says no
//!   more than "timed out" when the database is down: the wait counts as `pool_timeout`, and each attempt to connect as a
//!   connection error.
//! - If the driver's own instrumentation counts opened connections too (Diesel's does, once it is installed for all
//!   connections), leave [`InstrumentedManager`] out, or they count twice.
//! - `db_pool_connections` is what the pool shows of itself. Pools under load count a little late.

mod manager;
mod pool;

pub use manager::InstrumentedManager;
pub use pool::{InstrumentedPool, watch};
pub use tallymark_db::{BuildError, Database, HealthChecker, Naming, Vendor, pools::PoolWatch};
