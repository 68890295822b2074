//! One database under observation.

use super::{
    builder::Builder,
    cache::{CacheHandles, StatementCache},
    error::BuildError,
    failure::Failure,
    families::Handles,
    health::HealthHandles,
    pool::{PoolCollector, PoolState},
    settings::Settings,
    statement::Statement,
    wait::Wait,
};
use crate::Vendor;
use std::fmt;
use tallymark_core::registry::{Registration, register_collector};

/// A database under observation: where adapters for drivers report what they see.
///
/// Applications make one for each database and hand it to an adapter. It is small and can be copied.
///
/// ```
/// use tallymark::db::{Database, ErrorKind, Vendor};
///
/// let database = Database::builder("reports").vendor(Vendor::Sqlite).build()?;
///
/// // What an adapter does around each statement:
/// let statement = database.statement("SELECT total FROM sales");
/// // … the driver executes it …
/// statement.done(None);
///
/// database.statement("DELETE FROM sales").failed(ErrorKind::Permission);
///
/// let labels = [("db", "reports"), ("vendor", "sqlite"), ("operation", "delete")];
/// assert_eq!(tallymark::registry::snapshot().counter("db_queries_total", &labels), Some(1));
/// # Ok::<(), tallymark::db::BuildError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Database(&'static Observed);

/// What is known of a database. It lives as long as the program, as its families do, so that guards need no count of
/// references.
pub(super) struct Observed {
    pub(super) settings: Settings,
    pub(super) handles: Handles,
    pub(super) cache: CacheHandles,
}

impl Database {
    /// Settings for a database of this name, which is the value of the `db` label. It should say what the database is for
    /// or how the application calls it, never where it is: addresses may hold credentials.
    pub fn builder(name: impl Into<String>) -> Builder {
        Builder::new(name.into())
    }

    pub(super) fn declare(settings: Settings) -> Result<Self, BuildError> {
        let handles = Handles::declare(&settings)?;
        if settings.naming == crate::Naming::Django {
            crate::django::declare(settings.namespace.as_deref())?;
        }
        Ok(Self(Box::leak(Box::new(Observed { settings, handles, cache: CacheHandles::default() }))))
    }

    pub(super) fn observed(self) -> &'static Observed {
        self.0
    }

    /// The value of the `db` label.
    pub fn name(self) -> &'static str {
        &self.0.settings.name
    }

    /// The value of the `vendor` label.
    pub fn vendor(self) -> Vendor {
        self.0.settings.vendor()
    }

    /// Says whose database it is, unless the [`Builder`](super::Builder::vendor) was told. Adapters that know it from their
    /// driver call this before they report anything.
    ///
    /// ```
    /// use tallymark::db::{Database, Vendor};
    ///
    /// let database = Database::builder("settled").build()?;
    /// database.settle(Vendor::Mysql);
    /// assert_eq!(database.vendor(), Vendor::Mysql);
    /// # Ok::<(), tallymark::db::BuildError>(())
    /// ```
    pub fn settle(self, vendor: Vendor) {
        if self.0.settings.vendor.set(vendor).is_ok() {
            self.0.handles.settled(&self.0.settings);
        }
    }

    /// A statement begins. The guard counts it, however it ends.
    ///
    /// Call it in the task that asked for the statement: what a request executes is told by the
    /// [`RequestScope`](crate::RequestScope) around the call.
    #[inline]
    pub fn statement(self, sql: &str) -> Statement {
        Statement::begin(self, sql)
    }

    /// A connection has been opened.
    ///
    /// Adapters call it where the driver tells. Called from the `after_connect` of a pool, it also tells the
    /// [`Wait`] that is being polled that its connection is a new one.
    pub fn connection_opened(self) {
        self.0.handles.opened(&self.0.settings).inc();
        super::wait::mark_opened();
    }

    /// A connection could not be opened.
    ///
    /// A pool that is exhausted or closed has tried none; that is for [`pool_failed`](Self::pool_failed).
    #[cold]
    pub fn connection_failed(self, failure: impl Into<Failure>) {
        self.0.handles.connection_errors(&self.0.settings).inc();
        self.count_error(failure.into());
    }

    /// A pool did not hand out a connection, for another reason than that none could be opened.
    #[cold]
    pub fn pool_failed(self, failure: impl Into<Failure>) {
        self.count_error(failure.into());
    }

    /// Somebody begins to wait for a connection.
    #[inline]
    pub fn wait(self) -> Wait {
        Wait::begin(self)
    }

    /// Shows a pool in `db_pool_connections{db,state}` and `db_pool_max_connections{db}` until the registration is
    /// dropped. `state` is asked at every scrape. Pools of one name are added up.
    pub fn register_pool(self, state: impl Fn() -> PoolState + Send + Sync + 'static) -> Registration {
        register_collector(PoolCollector::new(self, Box::new(state)))
    }

    /// Where it is counted what the driver tells of prepared statements. A family is declared the first time; if that
    /// cannot be, because its name was taken, nothing is counted in it.
    #[inline]
    pub fn statement_cache(self) -> StatementCache {
        StatementCache::new(self)
    }

    /// Where it is counted whether the database answers.
    pub(crate) fn health(self) -> Result<HealthHandles, BuildError> {
        HealthHandles::declare(&self.0.settings)
    }

    /// A number that other databases do not have.
    pub(crate) fn number(self) -> u64 {
        std::ptr::from_ref(self.0).addr() as u64
    }

    /// A request has repeated a statement too often.
    #[cold]
    pub(crate) fn repeated(self) {
        self.0.handles.n_plus_one.inc();
    }

    #[cold]
    pub(super) fn count_error(self, failure: Failure) {
        self.0.handles.count_error(&self.0.settings, failure);
    }

    /// The name of a family that a collector hands over.
    pub(crate) fn family_name(self, name: &str) -> String {
        match &self.0.settings.namespace {
            Some(namespace) => format!("{namespace}_{name}"),
            None => name.to_owned(),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("name", &self.name()).field("vendor", &self.vendor()).finish()
    }
}
