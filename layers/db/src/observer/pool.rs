//! What a pool holds at a moment.

use super::database::Database;
use tallymark_core::registry::{CollectError, Collector, Families, Registration, register_collector};

/// The connections of a pool, read in one go so that the numbers belong together.
///
/// ```
/// use tallymark_db::{Database, PoolState};
///
/// let database = Database::builder("pool_example").build()?;
/// let registration = database.register_pool(|| PoolState::new(5, 3).max(10));
/// let in_use = [("db", "pool_example"), ("state", "in_use")];
/// assert_eq!(tallymark_core::registry::snapshot().value("db_pool_connections", &in_use), Some(2.0));
/// drop(registration);
/// # Ok::<(), tallymark_db::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct PoolState {
    size: u64,
    idle: u64,
    max: Option<u64>,
    waiting: Option<u64>,
}

impl PoolState {
    /// A pool in which so many connections are open, and so many of them idle.
    pub fn new(size: u64, idle: u64) -> Self {
        // Pools count the two apart, so one may be ahead of the other.
        Self { size, idle: idle.min(size), max: None, waiting: None }
    }

    /// Sets the number of connections that the pool opens at most.
    pub fn max(mut self, max: u64) -> Self {
        self.max = Some(max);
        self
    }

    /// Sets the number of tasks that wait for a connection.
    pub fn waiting(mut self, waiting: u64) -> Self {
        self.waiting = Some(waiting);
        self
    }
}

impl Database {
    /// Shows a pool in `db_pool_connections{db,state}` and `db_pool_max_connections{db}` until the registration is
    /// dropped. `state` is called at every scrape. Pools of one name are added up.
    pub fn register_pool(self, state: impl Fn() -> PoolState + Send + Sync + 'static) -> Registration {
        register_collector(PoolCollector { database: self, state: Box::new(state) })
    }
}

/// Asks one pool at every scrape.
struct PoolCollector {
    database: Database,
    state: Box<dyn Fn() -> PoolState + Send + Sync>,
}

impl Collector for PoolCollector {
    fn name(&self) -> &'static str {
        "db_pool"
    }

    fn namespaced(&self) -> bool {
        self.database.is_namespaced()
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let PoolState { size, idle, max, waiting } = (self.state)();
        let (database, db) = (self.database, ("db", self.database.name()));
        families
            .gauge(&database.family_name("db_pool_connections"), "Connections of the pool, by state.")
            .number(&[db, ("state", "idle")], idle)
            .number(&[db, ("state", "in_use")], size.saturating_sub(idle));
        if let Some(max) = max {
            families
                .gauge(
                    &database.family_name("db_pool_max_connections"),
                    "Connections that the pool opens at most.",
                )
                .number(&[db], max);
        }
        if let Some(waiting) = waiting {
            families
                .gauge(
                    &database.family_name("db_pool_waiting"),
                    "Tasks that wait for a connection of the pool.",
                )
                .number(&[db], waiting);
        }
        Ok(())
    }
}
