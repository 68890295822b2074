//! Whether a statement was prepared before.

use super::driver::Driver;
use tallymark_db::Database;

/// A look-up among the statements that a connection keeps prepared, which is counted when this is dropped.
///
/// sqlx shows no more than how many there are: one more afterwards is a statement that had to be prepared. As many as before
/// are a statement that was found if there is room for more. If there is not, or if nobody knows, it may as well be one that
/// has taken the place of another.
pub(super) struct Lookup<'c, DB: Driver> {
    pub(super) raw: &'c mut DB::Connection,
    database: Database,
    /// How many the connection keeps at least; 0 if that is not known.
    capacity: u64,
    /// How many there were before; `None` if the driver does not show it, or does not look the statement up.
    before: Option<u64>,
    /// The driver has looked it up, and the number is that of afterwards.
    pub(super) is_done: bool,
}

impl<'c, DB: Driver> Lookup<'c, DB> {
    /// `is_kept` is whether the driver looks the statement up and keeps it.
    pub(super) fn new(raw: &'c mut DB::Connection, database: Database, capacity: u64, is_kept: bool) -> Self {
        let before = if is_kept { DB::prepared(raw) } else { None };
        Self { raw, database, capacity, before, is_done: false }
    }
}

impl<DB: Driver> Drop for Lookup<'_, DB> {
    fn drop(&mut self) {
        let (Some(before), Some(after)) = (self.before, DB::prepared(self.raw)) else { return };
        let cache = self.database.statement_cache();
        if after > before {
            // By more than one only where one is shown late that is due to the statement before, which was counted.
            cache.miss();
        } else if self.is_done && after == 0 {
            // It was not found where there is nothing: no statement is kept.
            cache.miss();
        } else if self.is_done && after == before && after < self.capacity {
            cache.hit();
        } else {
            cache.unknown();
        }
    }
}
