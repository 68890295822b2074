//! Pools of connections that are not the driver's own: deadpool, bb8, r2d2.
//!
//! # Is the pool too small, and how long do tasks wait for it?
//!
//! Put [`ObservedManager`] around the pool's manager and [`ObservedPool`] around the pool. The one sees connections being
//! opened, the other sees tasks waiting for them. Both hand over what they wrap unchanged.
//!
//! ```
//! # #[cfg(feature = "r2d2")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tallymark::db::{Database, Vendor, pools::{ObservedManager, ObservedPool}};
//! # struct Manager;
//! # impl r2d2::ManageConnection for Manager {
//! #     type Connection = ();
//! #     type Error = std::fmt::Error;
//! #     fn connect(&self) -> Result<(), std::fmt::Error> { Ok(()) }
//! #     fn is_valid(&self, _: &mut ()) -> Result<(), std::fmt::Error> { Ok(()) }
//! #     fn has_broken(&self, _: &mut ()) -> bool { false }
//! # }
//! # let manager = Manager;
//!
//! let database = Database::builder("pools_example").vendor(Vendor::Sqlite).build()?;
//! let pool = r2d2::Pool::builder().max_size(4).build(ObservedManager::new(database, manager))?;
//! let pool = ObservedPool::new(database, pool);
//!
//! let connection = pool.get()?;
//! let snapshot = tallymark::registry::snapshot();
//! let in_use = [("db", "pools_example"), ("state", "in_use")];
//! assert_eq!(snapshot.value("db_pool_connections", &in_use), Some(1.0));
//! assert_eq!(snapshot.value("db_pool_max_connections", &[("db", "pools_example")]), Some(4.0));
//! # drop(connection);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "r2d2"))]
//! # fn main() {}
//! ```
//!
//! | family | type | labels | from |
//! |---|---|---|---|
//! | `db_pool_connections` | gauge | `db`, `state`: `idle`, `in_use` | the pool, at each scrape |
//! | `db_pool_max_connections` | gauge | `db` | the same |
//! | `db_pool_waiting` | gauge | `db` | the same, of deadpool |
//! | `db_pool_connections_closed_total` | counter | `db`, `reason` | the same, of bb8 |
//! | `db_pool_gets_total` | counter | `db`, `outcome`: `direct`, `waited`, `timed_out` | the same, of bb8 |
//! | `db_pool_get_wait_seconds_total` | counter | `db` | the same, of bb8 |
//! | `db_pool_wait_seconds` | histogram | `db` | [`ObservedPool`] |
//! | `db_connect_duration_seconds` | histogram | `db` | [`ObservedPool`], where the wait was for a new connection (deadpool) |
//! | `db_connections_opened_total` | counter | `db` | [`ObservedManager`] |
//! | `db_connection_errors_total` | counter | `db` | [`ObservedManager`], or [`ObservedPool`] of deadpool |
//! | `db_errors_total` | counter | `db`, `vendor`, `error` | both: `pool_timeout`, `pool_closed`, `connection`, `cancelled` … |
//!
//! Where a pool's type cannot change, because somebody else makes it, [`watch`] shows what the pool itself counts, and that
//! alone.
//!
//! # Limits
//!
//! - Connections that are taken from the pool inside (`*pool` is the pool as it was) have no wait.
//! - bb8 and r2d2 open connections in the background, so a wait for a new one is a wait for the pool like any other. And
//!   they say no more than "timed out" when the database is down: the wait counts as `pool_timeout`, and each attempt to
//!   connect as a connection error.
//! - If the driver's own instrumentation counts opened connections too (Diesel's does, once it is
//!   installed for all connections), leave [`ObservedManager`] out, or they count twice.
//! - A connection that is dropped while it is being opened counts neither as opened nor as an error; the wait that was
//!   given up counts as `cancelled`.
//! - bb8 does not tell how many wait: whoever gives up waiting is for ever one of them in its own numbers, and in no
//!   `outcome`.
//! - `db_pool_connections` and `db_pool_waiting` are what the pool says of itself. Pools under load count a little late.

#[cfg(feature = "bb8")]
mod bb8;
#[cfg(feature = "deadpool")]
mod deadpool;
mod manager;
mod pool;
#[cfg(feature = "r2d2")]
mod r2d2;
mod watch;

pub use manager::ObservedManager;
pub use pool::{ObservablePool, ObservedPool, PoolGets};
pub use watch::{PoolWatch, watch};
