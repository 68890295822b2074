//! What a pool is asked for at each scrape.

use super::source::{PoolGets, PoolSource};
use crate::Database;
use std::sync::Arc;
use tallymark_core::registry::{self, CollectError, Collector, Families, Registration};

/// Shows a pool until it is dropped. The pool is kept as long.
#[derive(Debug)]
#[must_use = "dropping it ends the pool's metrics at once; `forget` keeps them for ever"]
pub struct PoolWatch {
    state: Registration,
    totals: Registration,
}

impl PoolWatch {
    /// Shows a pool as one of a database.
    pub fn new(database: Database, pool: impl PoolSource) -> Self {
        let pool = Arc::new(pool);
        let shown = Arc::clone(&pool);
        Self {
            state: database.register_pool(move || shown.state()),
            totals: registry::register_collector(Totals::new(database, pool)),
        }
    }

    /// Shows the pool as long as the program runs.
    pub fn forget(self) {
        self.state.forget();
        self.totals.forget();
    }
}

/// What a pool has counted itself.
struct Totals<P> {
    database: Database,
    pool: Arc<P>,
    closed: String,
    gets: String,
    wait: String,
}

impl<P> Totals<P> {
    fn new(database: Database, pool: Arc<P>) -> Self {
        Self {
            database,
            pool,
            closed: database.family_name("db_pool_connections_closed_total"),
            gets: database.family_name("db_pool_gets_total"),
            wait: database.family_name("db_pool_get_wait_seconds_total"),
        }
    }
}

impl<P: PoolSource> Collector for Totals<P> {
    fn name(&self) -> &'static str {
        "db_pool_totals"
    }

    fn namespaced(&self) -> bool {
        self.database.is_namespaced()
    }

    fn families(&self) -> Vec<String> {
        vec![self.closed.clone(), self.gets.clone(), self.wait.clone()]
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let db = ("db", self.database.name());
        let closed = self.pool.closed();
        if !closed.is_empty() {
            let mut family =
                families.counter(&self.closed, "Connections that the pool has closed, by reason.");
            for (reason, connections) in closed {
                family.number(&[db, ("reason", reason)], connections);
            }
        }
        if let Some(PoolGets { direct, waited, timed_out, wait_time }) = self.pool.gets() {
            families
                .counter(&self.gets, "Connections that the pool was asked for, by what became of it.")
                .number(&[db, ("outcome", "direct")], direct)
                .number(&[db, ("outcome", "waited")], waited)
                .number(&[db, ("outcome", "timed_out")], timed_out);
            families
                .counter(&self.wait, "Time that was spent waiting for connections of the pool.")
                .number(&[db], wait_time.as_secs_f64());
        }
        Ok(())
    }
}
