//! Caches of prepared statements, as far as the driver shows them.

use super::{database::Database, error::BuildError, labels::Db, settings::Settings};
use std::sync::{
    Mutex, OnceLock,
    atomic::{AtomicU64, Ordering},
};
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
#[derive(Debug)]
pub(super) struct CacheHandles {
    hits: OnceLock<Option<CounterHandle>>,
    misses: OnceLock<Option<CounterHandle>>,
    evictions: OnceLock<Option<CounterHandle>>,
    entries: OnceLock<Option<UpDownHandle>>,
    connection: OnceLock<Option<GaugeHandle>>,
    /// What `connection` was set to last. It is compared for each connection that is taken, and lies in fewer cache lines
    /// than the gauge.
    told: AtomicU64,
    /// Held to change `connection` and `told` together.
    telling: Mutex<()>,
}

/// No connection keeps so many.
const NOTHING_TOLD: u64 = u64::MAX;

impl Default for CacheHandles {
    fn default() -> Self {
        Self {
            hits: OnceLock::new(),
            misses: OnceLock::new(),
            evictions: OnceLock::new(),
            entries: OnceLock::new(),
            connection: OnceLock::new(),
            told: AtomicU64::new(NOTHING_TOLD),
            telling: Mutex::new(()),
        }
    }
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
    /// The gauge is written when the number changes.
    #[inline]
    pub fn connection_entries(self, entries: u64) {
        if self.handles().told.load(Ordering::Relaxed) != entries {
            self.tell(entries);
        }
    }

    #[cold]
    fn tell(self, entries: u64) {
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
        // Who finds it held leaves it to the other, whose connection was taken as late.
        if let Some(gauge) = gauge
            && let Ok(_telling) = handles.telling.try_lock()
        {
            gauge.set(entries as f64);
            handles.told.store(entries, Ordering::Relaxed);
        }
    }
}
