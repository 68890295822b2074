//! The settings.

use std::{error::Error, fmt, time::Duration};

use super::{MigrationSource, Migrations, families::Families, gauges::Settings};
use crate::{Naming, registry::DeclareError};

/// What is counted under which name, and how often. Made by [`Migrations::builder`].
#[derive(Clone, Debug)]
#[must_use = "nothing is counted before `build`"]
pub struct MigrationsBuilder {
    db: String,
    naming: Naming,
    namespace: Option<String>,
    settings: Settings,
}

impl MigrationsBuilder {
    pub(super) fn new(db: String) -> Self {
        let settings = Settings { interval: Duration::from_mins(1), timeout: Duration::from_secs(10) };
        Self { db, naming: Naming::default(), namespace: None, settings }
    }

    /// Which names the families have.
    pub fn naming(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// Puts `<namespace>_` before the names, instead of the registry's own namespace. Names of
    /// [`Naming::Django`](crate::Naming::Django) stay as they are.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// How long the task waits after each answer: a minute, unless told otherwise.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.settings.interval = interval;
        self
    }

    /// How long an answer may take: ten seconds, unless told otherwise. After that it counts as an error.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Declares the families. The database is not asked yet.
    ///
    /// # Errors
    ///
    /// If the database has no name, a family cannot have its name, or interval or time limit are zero.
    pub fn build(self, source: impl MigrationSource) -> Result<Migrations, BuildError> {
        if self.db.is_empty() {
            return Err(BuildError::NoName);
        }
        if self.settings.interval.is_zero() || self.settings.timeout.is_zero() {
            return Err(BuildError::Zero);
        }
        let families = Families::new(self.db, self.naming, self.namespace.as_deref())?;
        Ok(Migrations::new(families, self.settings, Box::new(source)))
    }
}

/// Why migrations cannot be counted as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// A family cannot be declared.
    Declare(DeclareError),
    /// The interval or the time limit is zero.
    Zero,
    /// The database has no name, which is the value of the `db` label.
    NoName,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declare(error) => error.fmt(f),
            Self::NoName => f.write_str(
                "a database needs a name, such as `main`: it is the value of the label that tells databases apart",
            ),
            Self::Zero => {
                f.write_str("the interval and the time limit of migrations are longer than nothing")
            }
        }
    }
}

// The texts have those of the sources in them.
impl Error for BuildError {}

impl From<DeclareError> for BuildError {
    fn from(error: DeclareError) -> Self {
        Self::Declare(error)
    }
}
