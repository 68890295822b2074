//! The settings.

use super::{
    families::Families,
    gauges::{Migrations, Settings},
    source::MigrationSource,
};
use crate::BuildError;
use std::time::Duration;
use tallymark_core::{Naming, registry::LayerSettings};

/// What is counted under which name, and how often. Made by [`Migrations::builder`].
#[derive(Clone, Debug)]
#[must_use = "nothing is counted before `build`"]
pub struct MigrationsBuilder {
    db: String,
    naming: Option<Naming>,
    namespace: Option<String>,
    settings: Settings,
}

impl Migrations {
    /// Returns the settings for a database that is called `db` in labels.
    pub fn builder(db: impl Into<String>) -> MigrationsBuilder {
        MigrationsBuilder::new(db.into())
    }
}

impl MigrationsBuilder {
    fn new(db: String) -> Self {
        let settings = Settings { interval: Duration::from_secs(60), timeout: Duration::from_secs(10) };
        Self { db, naming: None, namespace: None, settings }
    }

    /// Sets which names the families have; if not set, those that the application
    /// [has set for all layers](tallymark_core::registry::Config::naming).
    pub fn naming(mut self, naming: Naming) -> Self {
        self.naming = Some(naming);
        self
    }

    /// Puts `<namespace>_` before the names, instead of the
    /// [namespace of all metrics](tallymark_core::registry::Config::namespace).
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Sets how long the task waits after each answer; a minute if not set.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.settings.interval = interval;
        self
    }

    /// Sets how long an answer may take; ten seconds if not set. After that it counts as an error.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Declares the families. The database is not queried yet.
    ///
    /// # Errors
    ///
    /// If the database has no name, a family cannot have its name, an environment variable is not valid, or
    /// interval or time limit are zero.
    pub fn build(self, source: impl MigrationSource) -> Result<Migrations, BuildError> {
        if self.db.is_empty() {
            return Err(BuildError::NoName);
        }
        if self.settings.interval.is_zero() || self.settings.timeout.is_zero() {
            return Err(BuildError::ZeroDuration);
        }
        let common = LayerSettings::of(env!("CARGO_PKG_NAME"))?;
        let namespace = self.namespace.as_deref().or_else(|| self.naming.and_then(Naming::namespace));
        let naming = self.naming.unwrap_or_else(|| common.naming());
        let families = Families::new(self.db, naming, namespace)?;
        Ok(Migrations::new(families, self.settings, Box::new(source)))
    }
}
