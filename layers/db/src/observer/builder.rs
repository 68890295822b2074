//! How a database is observed.

use super::{
    database::Database,
    settings::Settings,
    slow::{OnSlow, SlowStatement},
};
use crate::{BuildError, Vendor};
use std::{fmt, sync::OnceLock, time::Duration};
use tallymark_core::{Buckets, Naming, registry::LayerSettings};

/// Settings for one database, with defaults for all but its name. Made by [`Database::builder`].
///
/// ```
/// use std::time::Duration;
/// use tallymark_db::{Database, Vendor};
///
/// let database = Database::builder("builder_example")
///     .vendor(Vendor::Postgresql)
///     .namespace("hyperdjango")
///     .slow_threshold(Duration::from_millis(250))
///     .on_slow(|slow| eprintln!("{slow}"))
///     .n_plus_one(20)
///     .build()?;
/// assert_eq!(database.name(), "builder_example");
/// # Ok::<(), tallymark_db::BuildError>(())
/// ```
#[must_use = "nothing is observed before `build` is called"]
pub struct DatabaseBuilder {
    name: String,
    vendor: OnceLock<Vendor>,
    schema: OnceLock<String>,
    naming: Option<Naming>,
    namespace: Option<String>,
    buckets: Option<Vec<f64>>,
    slow_threshold: Duration,
    on_slow: Option<OnSlow>,
    n_plus_one: u32,
    sqlstate_classes: bool,
    on_statement: bool,
}

impl Database {
    /// Returns the settings for a database of this name, which is the value of the `db` label. It should say what the
    /// database is for or how the application calls it, never where it is: addresses may hold credentials.
    pub fn builder(name: impl Into<String>) -> DatabaseBuilder {
        DatabaseBuilder::new(name.into())
    }
}

impl DatabaseBuilder {
    fn new(name: String) -> Self {
        Self {
            name,
            vendor: OnceLock::new(),
            schema: OnceLock::new(),
            naming: None,
            namespace: None,
            buckets: None,
            slow_threshold: Duration::from_millis(100),
            on_slow: None,
            n_plus_one: 10,
            sqlstate_classes: false,
            on_statement: false,
        }
    }

    /// Sets whose database it is: the value of the label `vendor`, and by which rules SQL is read.
    ///
    /// If not set, the adapters set it when they know it from their driver; for drivers that are observed by hand it is
    /// [`Vendor::Other`].
    pub fn vendor(mut self, vendor: Vendor) -> Self {
        self.vendor = OnceLock::from(vendor);
        self
    }

    /// Sets the schema in which names of tables are looked for that have none, such as `public`: what `search_path` says on
    /// `PostgreSQL`, and the database of the connection on `MySQL`.
    ///
    /// It is what a model whose table has no schema is in, so that `INSERT INTO archive.orders` is not taken for one of
    /// `orders`. If not set, it is `main` for `SQLite`, and the database that a pool of sqlx connects to for `MySQL`. For
    /// `PostgreSQL` it is `public`; but as a role or a connection may say otherwise, rows of other schemas than that go
    /// uncounted, [which is counted](crate#what-is-not-counted), instead of being taken for those of no model.
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = OnceLock::from(schema.into());
        self
    }

    /// Sets which names the families have; if not set, those that the application
    /// [has set for all layers](tallymark_core::registry::Config::naming). With [`Naming::Django`] statements, errors and connections are counted in the six
    /// families of django-prometheus; what it has no family for keeps its name.
    pub fn naming(mut self, naming: Naming) -> Self {
        self.naming = Some(naming);
        self
    }

    /// Puts `<namespace>_` before the names of the families of this database, instead of the
    /// [namespace of all metrics](tallymark_core::registry::Config::namespace). Those of models keep that, since a model is not of
    /// one database.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Sets the upper bounds of the buckets for durations of statements, in seconds. All databases of one namespace share a
    /// family, so they need the same.
    pub fn buckets(mut self, bounds: impl Into<Vec<f64>>) -> Self {
        self.buckets = Some(bounds.into());
        self
    }

    /// Sets the time above which a statement is slow; 100 milliseconds if not set.
    pub fn slow_threshold(mut self, threshold: Duration) -> Self {
        self.slow_threshold = threshold;
        self
    }

    /// Has a function called with every slow statement when it has ended, for a line in the log. What the statement was
    /// executed with is not in there, and what may be a value in its text is shown as `?`. Where servers may read a text in
    /// two ways by settings of their own, what is beyond is left out.
    ///
    /// The first 8 KiB of a text are kept from the beginning of each statement on, so this costs an allocation for each,
    /// slow or not. A panic in `call` is caught.
    pub fn on_slow(mut self, call: impl Fn(&SlowStatement<'_>) + Send + Sync + 'static) -> Self {
        self.on_slow = Some(OnSlow::new(call));
        self
    }

    /// Sets how often one request may execute the same statement before `db_n_plus_one_total` counts it; 10 if not set.
    /// Requests are told apart by [`RequestScope`](crate::RequestScope).
    pub fn n_plus_one(mut self, times: u32) -> Self {
        self.n_plus_one = times;
        self
    }

    /// Labels errors by the class of the database's code, such as `23`, where it gives one (`SQLSTATE`, five signs of
    /// which the first two are the class) and else by the kind. Off if not set.
    pub fn sqlstate_classes(mut self, by_class: bool) -> Self {
        self.sqlstate_classes = by_class;
        self
    }

    /// Counts the rows of models when a statement ends, and not when its transaction is committed. Then rows that are
    /// rolled back are counted too.
    pub fn on_statement(mut self) -> Self {
        self.on_statement = true;
        self
    }

    /// Declares the families and makes the observer.
    ///
    /// Databases of the same settings and another name count in the same families, and so do two observers of one name.
    /// An observer lives as long as the program, as families do: make it once for each database.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build(self) -> Result<Database, BuildError> {
        if self.name.is_empty() {
            return Err(BuildError::NoName);
        }
        let common = LayerSettings::of(env!("CARGO_PKG_NAME"))?;
        let own_namespace = || self.naming.and_then(Naming::namespace).map(str::to_owned);
        Database::declare(Settings {
            common,
            naming: self.naming.unwrap_or_else(|| common.naming()),
            namespace: self.namespace.or_else(own_namespace),
            buckets: self.buckets.as_deref().map(Buckets::leak).transpose()?,
            name: self.name,
            vendor: self.vendor,
            schema: self.schema,
            slow_threshold: self.slow_threshold,
            on_slow: self.on_slow,
            n_plus_one: self.n_plus_one,
            sqlstate_classes: self.sqlstate_classes,
            on_statement: self.on_statement,
        })
    }
}

impl fmt::Debug for DatabaseBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseBuilder")
            .field("name", &self.name)
            .field("vendor", &self.vendor.get())
            .finish_non_exhaustive()
    }
}
