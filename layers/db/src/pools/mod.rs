//! Pools of connections that are not the driver's own.
//!
//! The packages for pools (`tallymark-deadpool`, `tallymark-bb8`, `tallymark-r2d2`) are built on this; applications use
//! those. For another pool: wrap its manager, and pass each attempt to connect to [`count_attempt`]; wrap its `get`, and run
//! it by [`wait_for`] or [`block_on`]; show its connections by a [`PoolWatch`].
//!
//! | family | type | labels | from |
//! |---|---|---|---|
//! | `db_pool_connections` | gauge | `db`, `state`: `idle`, `in_use` | the pool, at each scrape |
//! | `db_pool_max_connections` | gauge | `db` | the pool, at each scrape |
//! | `db_pool_waiting` | gauge | `db` | the pool, at each scrape, if it counts that |
//! | `db_pool_connections_closed_total` | counter | `db`, `reason` | the pool, at each scrape, if it counts that |
//! | `db_pool_gets_total` | counter | `db`, `outcome`: `direct`, `waited`, `timed_out` | the pool, at each scrape, if it counts that |
//! | `db_pool_get_wait_seconds_total` | counter | `db` | the pool, at each scrape, if it counts that |
//! | `db_pool_wait_seconds` | histogram | `db` | calls for a connection |
//! | `db_connect_duration_seconds` | histogram | `db` | calls for a connection that had to be opened |
//! | `db_connections_opened_total`, `db_connection_errors_total` | counter | `db` | the manager |
//! | `db_errors_total` | counter | `db`, `vendor`, `error` | calls and manager: `pool_timeout`, `pool_closed`, `connection`, `cancelled` … |

mod attempt;
mod source;
mod wait;
mod watch;

pub use attempt::count_attempt;
pub use source::{PoolGets, PoolSource};
pub use wait::{block_on, wait_for};
pub use watch::PoolWatch;
