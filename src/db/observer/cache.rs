//! Caches of prepared statements, where the driver shows them.

use super::{error::BuildError, labels::Db, settings::Settings};
use tallymark_core::{Counter, CounterHandle, UpDownCounter, UpDownHandle};

/// The cache of prepared statements of a database's connections.
#[derive(Clone, Copy, Debug)]
pub struct StatementCache {
    hits: CounterHandle,
    misses: CounterHandle,
    evictions: CounterHandle,
    entries: UpDownHandle,
}

impl StatementCache {
    pub(super) fn declare(settings: &Settings) -> Result<Self, BuildError> {
        let counter = |name, help| -> Result<CounterHandle, BuildError> {
            let counter: &'static Counter<Db<'static>> =
                settings.declaration(name, help).declare(Counter::new)?;
            Ok(counter.with(Db { db: &settings.name }))
        };
        let entries: &'static UpDownCounter<Db<'static>> = settings
            .declaration("db_statement_cache_entries", "Prepared statements that connections keep.")
            .declare(UpDownCounter::new)?;
        Ok(Self {
            hits: counter("db_statement_cache_hits_total", "Statements that were prepared before.")?,
            misses: counter("db_statement_cache_misses_total", "Statements that had to be prepared.")?,
            evictions: counter(
                "db_statement_cache_evictions_total",
                "Prepared statements that made room for others.",
            )?,
            entries: entries.with(Db { db: &settings.name }),
        })
    }

    /// A statement was prepared before.
    pub fn hit(self) {
        self.hits.inc();
    }

    /// A statement had to be prepared.
    pub fn miss(self) {
        self.misses.inc();
    }

    /// A prepared statement was given up for another.
    pub fn evicted(self) {
        self.evictions.inc();
    }

    /// So many prepared statements more are kept, or fewer if the number is negative.
    pub fn entries(self, change: i64) {
        self.entries.add(change);
    }
}
