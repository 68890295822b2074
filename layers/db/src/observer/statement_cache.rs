//! Caches of prepared statements, as far as the driver shows them.

use super::{cache::CacheHandles, database::Database, labels::Db, settings::Settings};
use crate::BuildError;
use std::sync::{OnceLock, atomic::Ordering};
use tallymark_core::{Counter, CounterHandle, Gauge, UpDownCounter, registry::Declaration};

/// The prepared statements of a database's connections. Made by [`Database::statement_cache`].
///
/// A family is shown once its number was reported, so that a driver which does not report hits shows no zero of them.
///
/// | family | |
/// |---|---|
/// | `db_statement_cache_hits_total{db}` | statements that were prepared before |
/// | `db_statement_cache_misses_total{db}` | statements that had to be prepared |
/// | `db_statement_cache_unknown_total{db}` | statements that are one of both, and the driver does not show which |
/// | `db_statement_cache_evictions_total{db}` | prepared statements that made room for others |
/// | `db_statement_cache_entries{db}` | prepared statements that all connections keep |
/// | `db_statement_cache_connection_entries{db}` | those that the connection used last keeps |
#[derive(Clone, Copy, Debug)]
pub struct StatementCache {
    database: Database,
}

impl Database {
    /// Returns where it is counted what the driver reports of prepared statements. A family is declared the first time; if
    /// that cannot be, because its name was taken, nothing is counted in it.
    #[inline]
    pub fn statement_cache(self) -> StatementCache {
        StatementCache { database: self }
    }
}

impl StatementCache {
    fn handles(self) -> &'static CacheHandles {
        &self.database.observed().cache
    }

    /// Returns the series, which is declared the first time.
    fn series<H: Copy>(
        self,
        slot: &OnceLock<Option<H>>,
        name: &str,
        help: &str,
        declare: fn(&Settings, Declaration) -> Result<H, BuildError>,
    ) -> Option<H> {
        let settings = &self.database.observed().settings;
        *slot.get_or_init(|| declare(settings, settings.declaration(name, help)).ok())
    }

    fn counter(
        self,
        slot: &OnceLock<Option<CounterHandle>>,
        name: &str,
        help: &str,
    ) -> Option<CounterHandle> {
        self.series(slot, name, help, |settings, declaration| {
            let counter: &'static Counter<Db<'static>> = declaration.declare(Counter::new)?;
            Ok(counter.with(Db { db: &settings.name }))
        })
    }

    fn hits(self) -> Option<CounterHandle> {
        let help = "Statements that were prepared before.";
        self.counter(&self.handles().hits, "db_statement_cache_hits_total", help)
    }

    fn misses(self) -> Option<CounterHandle> {
        let help = "Statements that had to be prepared.";
        self.counter(&self.handles().misses, "db_statement_cache_misses_total", help)
    }

    fn unknowns(self) -> Option<CounterHandle> {
        let help = "Statements of which the driver does not show whether they were prepared before.";
        self.counter(&self.handles().unknown, "db_statement_cache_unknown_total", help)
    }

    /// Shows hits, misses and unknown statements from now on, as zero if none was counted. For drivers that report all three.
    pub fn show_lookups(self) {
        // A series is shown when somebody has asked for it.
        let _ = (self.hits(), self.misses(), self.unknowns());
    }

    /// Counts a statement that was prepared before.
    pub fn hit(self) {
        if let Some(hits) = self.hits() {
            hits.inc();
        }
    }

    /// Counts a statement that had to be prepared.
    pub fn miss(self) {
        if let Some(misses) = self.misses() {
            misses.inc();
        }
    }

    /// Counts a statement of which the driver does not show whether it was prepared before.
    pub fn unknown(self) {
        if let Some(unknown) = self.unknowns() {
            unknown.inc();
        }
    }

    /// Counts a prepared statement that made room for another.
    pub fn evicted(self) {
        let help = "Prepared statements that made room for others.";
        let evictions = self.counter(&self.handles().evictions, "db_statement_cache_evictions_total", help);
        if let Some(evictions) = evictions {
            evictions.inc();
        }
    }

    /// Adds a number of prepared statements that all connections keep together, or takes them off if it is negative. For
    /// drivers that also report when a connection is closed.
    pub fn entries(self, change: i64) {
        let help = "Prepared statements that connections keep.";
        let entries = self.series(
            &self.handles().entries,
            "db_statement_cache_entries",
            help,
            |settings, declaration| {
                let entries: &'static UpDownCounter<Db<'static>> = declaration.declare(UpDownCounter::new)?;
                Ok(entries.with(Db { db: &settings.name }))
            },
        );
        if let Some(entries) = entries {
            entries.add(change);
        }
    }

    /// Sets how many prepared statements the connection keeps that is being used. For drivers that report how many a
    /// connection keeps, but not when it is closed: a pool whose connections do the same keeps about so many times its size.
    /// The gauge is written when the number changes.
    #[inline]
    pub fn connection_entries(self, entries: u64) {
        if self.handles().shown.load(Ordering::Relaxed) != entries {
            self.show(entries);
        }
    }

    #[cold]
    fn show(self, entries: u64) {
        let handles = self.handles();
        let help = "Prepared statements that the connection taken from the pool last keeps.";
        let gauge = self.series(
            &handles.connection,
            "db_statement_cache_connection_entries",
            help,
            |settings, declaration| {
                let gauge: &'static Gauge<Db<'static>> = declaration.declare(Gauge::new)?;
                Ok(gauge.with(Db { db: &settings.name }))
            },
        );
        // Who finds the lock held leaves it to the other, whose connection was taken as late.
        if let (Some(gauge), Ok(_held)) = (gauge, handles.writing.try_lock()) {
            gauge.set(entries as f64);
            handles.shown.store(entries, Ordering::Relaxed);
        }
    }
}
