//! How a database is observed.

use super::{
    database::Database,
    error::BuildError,
    settings::Settings,
    slow::{OnSlow, SlowStatement},
};
use crate::{Naming, db::Vendor};
use std::{fmt, sync::OnceLock, time::Duration};

/// Settings for one database, with defaults for all but its name. Made by [`Database::builder`].
///
/// ```
/// use std::time::Duration;
/// use tallymark::db::{Database, Vendor};
///
/// let database = Database::builder("builder_example")
///     .vendor(Vendor::Postgresql)
///     .namespace("hyperdjango")
///     .slow_threshold(Duration::from_millis(250))
///     .on_slow(|slow| eprintln!("{slow}"))
///     .n_plus_one(20)
///     .build()?;
/// assert_eq!(database.name(), "builder_example");
/// # Ok::<(), tallymark::db::BuildError>(())
/// ```
#[must_use = "nothing is observed before `build` is called"]
pub struct Builder {
    settings: Settings,
}

impl Builder {
    pub(super) fn new(name: String) -> Self {
        let settings = Settings {
            name,
            vendor: OnceLock::new(),
            naming: Naming::Standard,
            namespace: None,
            buckets: None,
            slow_threshold: Duration::from_millis(100),
            on_slow: None,
            n_plus_one: 10,
            sqlstate_classes: false,
            on_statement: false,
        };
        Self { settings }
    }

    /// Whose database it is: the value of the label `vendor`, and by which rules SQL is read.
    ///
    /// If not set, sqlx and SeaORM say it when they are given the database. Nobody says it for Diesel, for sqlx' `Any`, and
    /// for drivers that are observed by hand; then it is [`Vendor::Other`].
    pub fn vendor(mut self, vendor: Vendor) -> Self {
        self.settings.vendor = OnceLock::from(vendor);
        self
    }

    /// Which names the families have. With [`Naming::Django`] statements, errors and connections are counted in the six
    /// families of django-prometheus; what it has no family for keeps its name.
    pub fn naming(mut self, naming: Naming) -> Self {
        self.settings.naming = naming;
        self
    }

    /// Puts `<namespace>_` before the names of the families of this database. Those of models stay as they are, since a
    /// model is not of one database; [`registry::Config::namespace`](crate::registry::Config::namespace) is for all.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.settings.namespace = Some(namespace.into());
        self
    }

    /// The upper bounds of the buckets for durations of statements, in seconds. All databases of one namespace share a
    /// family, so they need the same.
    pub fn buckets(mut self, bounds: impl Into<Vec<f64>>) -> Self {
        self.settings.buckets = Some(bounds.into());
        self
    }

    /// A statement that takes longer is slow; 100 milliseconds if not set.
    pub fn slow_threshold(mut self, threshold: Duration) -> Self {
        self.settings.slow_threshold = threshold;
        self
    }

    /// Is called with every slow statement when it has ended, for a line in the log. What the statement was executed with
    /// is not in there, and values in its text are left out.
    ///
    /// The text is kept from the beginning of each statement on, so this costs an allocation for each, slow or not. A
    /// panic in `call` is caught.
    pub fn on_slow(mut self, call: impl Fn(&SlowStatement<'_>) + Send + Sync + 'static) -> Self {
        self.settings.on_slow = Some(OnSlow::new(call));
        self
    }

    /// How often one request may execute the same statement before `db_n_plus_one_total` counts it; 10 if not set.
    /// Requests are told apart by [`RequestScope`](crate::RequestScope).
    pub fn n_plus_one(mut self, times: u32) -> Self {
        self.settings.n_plus_one = times;
        self
    }

    /// Labels errors by the class of the database's code, such as `23`, where it gives one (`SQLSTATE`, five signs of
    /// which the first two are the class) and else by the kind. Off if not set.
    pub fn sqlstate_classes(mut self, by_class: bool) -> Self {
        self.settings.sqlstate_classes = by_class;
        self
    }

    /// Counts the rows of models when a statement ends, and not when its transaction is committed. Then rows that are
    /// rolled back are counted too.
    pub fn on_statement(mut self) -> Self {
        self.settings.on_statement = true;
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
        if self.settings.name.is_empty() {
            return Err(BuildError::NoName);
        }
        Database::declare(self.settings)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.settings.name)
            .field("vendor", &self.settings.vendor.get())
            .finish_non_exhaustive()
    }
}
