//! What a pool holds at a moment.

use super::database::Database;
use tallymark_core::registry::{CollectError, Collector, Families};

/// The connections of a pool, read in one go so that the numbers belong together.
///
/// ```
/// use tallymark::db::{Database, PoolState};
///
/// let database = Database::builder("pool_example").build()?;
/// let registration = database.register_pool(|| PoolState::new(5, 3).max(10));
/// let in_use = [("db", "pool_example"), ("state", "in_use")];
/// assert_eq!(tallymark::registry::snapshot().value("db_pool_connections", &in_use), Some(2.0));
/// drop(registration);
/// # Ok::<(), tallymark::db::BuildError>(())
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
    /// So many connections are open, and so many of them idle.
    pub fn new(size: u64, idle: u64) -> Self {
        // Pools count the two apart, so one may be ahead of the other.
        Self { size, idle: idle.min(size), max: None, waiting: None }
    }

    /// The pool opens no more than so many.
    pub fn max(mut self, max: u64) -> Self {
        self.max = Some(max);
        self
    }

    /// So many tasks wait for a connection.
    pub fn waiting(mut self, waiting: u64) -> Self {
        self.waiting = Some(waiting);
        self
    }
}

/// Asks one pool at every scrape.
pub(super) struct PoolCollector {
    database: Database,
    state: Box<dyn Fn() -> PoolState + Send + Sync>,
}

impl PoolCollector {
    pub(super) fn new(database: Database, state: Box<dyn Fn() -> PoolState + Send + Sync>) -> Self {
        Self { database, state }
    }
}

impl Collector for PoolCollector {
    fn name(&self) -> &'static str {
        "db_pool"
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
