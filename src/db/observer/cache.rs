//! Caches of prepared statements, as far as the driver shows them.

use super::{database::Database, error::BuildError, labels::Db, settings::Settings};
use std::sync::OnceLock;
use tallymark_core::{
    Counter, CounterHandle, Gauge, GaugeHandle, UpDownCounter, UpDownHandle, registry::Declaration,
};

/// The prepared statements of a database's connections. Made by [`Database::statement_cache`].
///
/// A family is shown once its number was told, so that a driver which does not tell of hits shows no zero of them.
///
/// | family | |
/// |---|---|
/// | `db_statement_cache_hits_total{db}` | statements that were prepared before |
/// | `db_statement_cache_misses_total{db}` | statements that had to be prepared |
/// | `db_statement_cache_evictions_total{db}` | prepared statements that made room for others |
/// | `db_statement_cache_entries{db}` | prepared statements that all connections keep |
/// | `db_statement_cache_connection_entries{db}` | those that the connection used last keeps |
#[derive(Clone, Copy, Debug)]
pub struct StatementCache {
    database: Database,
}

/// The series of one database, declared when something is told of them; `None` if their names were taken.
#[derive(Debug, Default)]
pub(super) struct CacheHandles {
    hits: OnceLock<Option<CounterHandle>>,
    misses: OnceLock<Option<CounterHandle>>,
    evictions: OnceLock<Option<CounterHandle>>,
    entries: OnceLock<Option<UpDownHandle>>,
    connection: OnceLock<Option<GaugeHandle>>,
}

impl StatementCache {
    pub(super) fn new(database: Database) -> Self {
        Self { database }
    }

    fn handles(self) -> &'static CacheHandles {
        &self.database.observed().cache
    }

    /// The series, which is declared the first time.
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

    fn count(self, slot: &OnceLock<Option<CounterHandle>>, name: &str, help: &str) {
        let counter = self.series(slot, name, help, |settings, declaration| {
            let counter: &'static Counter<Db<'static>> = declaration.declare(Counter::new)?;
            Ok(counter.with(Db { db: &settings.name }))
        });
        if let Some(counter) = counter {
            counter.inc();
        }
    }

    /// A statement was prepared before.
    pub fn hit(self) {
        self.count(
            &self.handles().hits,
            "db_statement_cache_hits_total",
            "Statements that were prepared before.",
        );
    }

    /// A statement had to be prepared.
    pub fn miss(self) {
        self.count(
            &self.handles().misses,
            "db_statement_cache_misses_total",
            "Statements that had to be prepared.",
        );
    }

    /// A prepared statement was given up for another.
    pub fn evicted(self) {
        self.count(
            &self.handles().evictions,
            "db_statement_cache_evictions_total",
            "Prepared statements that made room for others.",
        );
    }

    /// So many prepared statements more are kept by all connections together, or fewer if the number is negative. For
    /// drivers that also tell when a connection is closed.
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

    /// A connection that is being used keeps so many prepared statements. For drivers that tell how many a connection keeps,
    /// but not when it is closed: a pool whose connections do the same keeps about so many times its size.
    pub fn connection_entries(self, entries: u64) {
        let help = "Prepared statements that the connection taken from the pool last keeps.";
        let gauge = self.series(
            &self.handles().connection,
            "db_statement_cache_connection_entries",
            help,
            |settings, declaration| {
                let gauge: &'static Gauge<Db<'static>> = declaration.declare(Gauge::new)?;
                let gauge = gauge.with(Db { db: &settings.name });
                gauge.set(0.0);
                Ok(gauge)
            },
        );
        // All threads share the word, and mostly find in it what they would write.
        if let Some(gauge) = gauge
            && gauge.get().to_bits() != (entries as f64).to_bits()
        {
            gauge.set(entries as f64);
        }
    }
}
