//! One database under observation.

use super::{cache::CacheHandles, families::Handles, opened, settings::Settings, uncounted::Uncounted};
use crate::{BuildError, Failure, Vendor};
use std::fmt;
use tallymark_core::Naming;

/// A database under observation: where adapters for drivers report what they see.
///
/// Applications make one for each database and hand it to an adapter. It is small and can be copied.
///
/// ```
/// use tallymark_db::{Database, ErrorKind, Vendor};
///
/// let database = Database::builder("reports").vendor(Vendor::Sqlite).build()?;
///
/// // What an adapter does around each statement:
/// let statement = database.statement("SELECT total FROM sales");
/// // … the driver executes it …
/// statement.finish(None);
///
/// database.statement("DELETE FROM sales").fail(ErrorKind::Permission);
///
/// let labels = [("db", "reports"), ("vendor", "sqlite"), ("operation", "delete")];
/// assert_eq!(tallymark_core::registry::snapshot().counter("db_queries_total", &labels), Some(1));
/// # Ok::<(), tallymark_db::BuildError>(())
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
    pub(super) fn declare(settings: Settings) -> Result<Self, BuildError> {
        let handles = Handles::declare(&settings)?;
        if settings.naming == Naming::Django {
            crate::django::declare(settings.namespace.as_deref())?;
        }
        Ok(Self(Box::leak(Box::new(Observed { settings, handles, cache: CacheHandles::default() }))))
    }

    pub(super) fn observed(self) -> &'static Observed {
        self.0
    }

    /// Returns the value of the `db` label.
    pub fn name(self) -> &'static str {
        &self.0.settings.name
    }

    /// Returns the value of the `vendor` label.
    pub fn vendor(self) -> Vendor {
        self.0.settings.vendor()
    }

    /// Sets the vendor, unless the [`DatabaseBuilder`](super::DatabaseBuilder::vendor) or an earlier call has. Adapters
    /// that know it from their driver call this before they report anything.
    ///
    /// ```
    /// use tallymark_db::{Database, Vendor};
    ///
    /// let database = Database::builder("unset").build()?;
    /// database.set_vendor_if_unset(Vendor::Mysql);
    /// database.set_vendor_if_unset(Vendor::Sqlite);
    /// assert_eq!(database.vendor(), Vendor::Mysql);
    /// # Ok::<(), tallymark_db::BuildError>(())
    /// ```
    pub fn set_vendor_if_unset(self, vendor: Vendor) {
        if self.0.settings.vendor.set(vendor).is_ok() {
            self.0.handles.set_vendor(&self.0.settings);
        }
    }

    /// Sets the schema that names of tables without one are looked for in, unless the
    /// [`DatabaseBuilder`](super::DatabaseBuilder::schema) or an earlier call has. For `MySQL`, whose databases are schemas,
    /// adapters call it with the database that a pool connects to.
    pub fn set_schema_if_unset(self, schema: &str) {
        if self.0.settings.schema.get().is_none() {
            let _ = self.0.settings.schema.set(schema.to_owned());
        }
    }

    /// Counts a connection that has been opened.
    ///
    /// Adapters call it where the driver reports one. Called from the `after_connect` of a pool, it also lets the
    /// [`Wait`](super::Wait) that is being polled know that its connection is a new one.
    pub fn connection_opened(self) {
        self.0.handles.opened(&self.0.settings).inc();
        opened::mark();
    }

    /// Counts a connection that could not be opened.
    ///
    /// A pool that is exhausted or closed has tried none; that is for [`pool_failed`](Self::pool_failed).
    #[cold]
    pub fn connection_failed(self, failure: impl Into<Failure>) {
        self.0.handles.connection_errors(&self.0.settings).inc();
        self.count_error(failure.into());
    }

    /// Counts a pool that did not hand out a connection, for another reason than that none could be opened.
    #[cold]
    pub fn pool_failed(self, failure: impl Into<Failure>) {
        self.count_error(failure.into());
    }

    /// Returns a number that other databases do not have.
    pub(crate) fn number(self) -> u64 {
        std::ptr::from_ref(self.0).addr() as u64
    }

    /// Counts a request that has repeated a statement too often.
    #[cold]
    pub(crate) fn repeated(self) {
        self.0.handles.n_plus_one.inc();
    }

    #[cold]
    pub(super) fn count_error(self, failure: Failure) {
        self.0.handles.count_error(&self.0.settings, failure);
    }

    /// Counts statements whose rows are not counted.
    #[cold]
    pub(super) fn count_uncounted(self, reason: Uncounted, writes: u64) {
        self.0.handles.count_uncounted(&self.0.settings, reason, writes);
    }

    /// Whether its families have a namespace of their own.
    pub(crate) fn is_namespaced(self) -> bool {
        self.0.settings.namespace.is_some()
    }

    /// Returns the name of a family that a collector hands over.
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
