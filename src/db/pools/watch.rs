//! What is asked at each scrape.

use super::ObservablePool;
use crate::{
    db::Database,
    registry::{self, CollectError, Collector, Families, Registration},
};

/// Shows a pool's connections until what is returned is dropped, and nothing else of the pool. The pool is kept as long.
///
/// ```
/// # #[cfg(feature = "bb8")]
/// # fn example<M: bb8::ManageConnection>(pool: bb8::Pool<M>) -> Result<(), tallymark::db::BuildError> {
/// use tallymark::db::{Database, pools};
///
/// let database = Database::builder("main").build()?;
/// pools::watch(database, &pool).forget();
/// # Ok(())
/// # }
/// ```
pub fn watch<P: ObservablePool>(database: Database, pool: &P) -> PoolWatch {
    PoolWatch::new(database, pool)
}

/// Shows a pool until it is dropped.
#[derive(Debug)]
#[must_use = "dropping it ends the pool's metrics at once; `forget` keeps them for ever"]
pub struct PoolWatch {
    state: Registration,
    closed: Registration,
}

impl PoolWatch {
    pub(super) fn new<P: ObservablePool>(database: Database, pool: &P) -> Self {
        let (asked, closed) =
            (pool.clone(), Closed { family: database.family_name(CLOSED), database, pool: pool.clone() });
        Self {
            state: database.register_pool(move || asked.state()),
            closed: registry::register_collector(closed),
        }
    }

    /// Shows the pool as long as the program runs.
    pub fn forget(self) {
        self.state.forget();
        self.closed.forget();
    }
}

const CLOSED: &str = "db_pool_connections_closed_total";

/// Connections that a pool has closed.
struct Closed<P> {
    family: String,
    database: Database,
    pool: P,
}

impl<P: ObservablePool> Collector for Closed<P> {
    fn name(&self) -> &'static str {
        "db_pool_closed"
    }

    fn families(&self) -> Vec<String> {
        vec![self.family.clone()]
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let closed = self.pool.closed();
        if !closed.is_empty() {
            let mut family =
                families.counter(&self.family, "Connections that the pool has closed, by reason.");
            for (reason, connections) in closed {
                family.number(&[("db", self.database.name()), ("reason", reason)], connections);
            }
        }
        Ok(())
    }
}
