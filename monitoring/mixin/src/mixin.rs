//! The builder of the generated files.

use crate::{Endpoint, GeneratedFile, MixinError, deploy, grafana, plan::Plan, prometheus, text, tree};
use std::{collections::BTreeSet, fmt, path::Path};
use tallymark_panels::{Alert, Catalogue, Monitoring, Objective, QueryError};

/// Builds the files that the operator of a program needs, from the metrics that the program declares.
///
/// Build the application first: layers declare their families when they are built.
#[must_use = "nothing is written before `write` or `check` is called"]
pub struct Mixin {
    name: String,
    endpoint: Endpoint,
    http_port: u16,
    package: Option<String>,
    catalogue: Option<Catalogue>,
    additions: Vec<Addition>,
}

type Addition = Box<dyn Fn(&Catalogue, &mut Monitoring) -> Result<(), QueryError> + Send + Sync>;

impl fmt::Debug for Mixin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mixin")
            .field("name", &self.name)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Mixin {
    /// Creates the mixin of a service of this name, which is also the value of the label `job`: `shop`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            endpoint: Endpoint::default(),
            http_port: 8080,
            package: None,
            catalogue: None,
            additions: Vec::new(),
        }
    }

    /// Sets the endpoint that scrapers read; `/metrics` on port 9464 without credentials unless set.
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Sets the HTTP port of the service itself, for the deployment files; 8080 unless set.
    pub fn http_port(mut self, port: u16) -> Self {
        self.http_port = port;
        self
    }

    /// Sets the Cargo package of the program; the name of the service unless set.
    pub fn package(mut self, package: impl Into<String>) -> Self {
        self.package = Some(package.into());
        self
    }

    /// Sets the catalogue of declared families; that of the running program unless set.
    pub fn catalogue(mut self, catalogue: Catalogue) -> Self {
        self.catalogue = Some(catalogue);
        self
    }

    /// Adds an alert.
    ///
    /// ```
    /// use tallymark_mixin::{Alert, Comparison, Mixin, Selector, Window};
    ///
    /// let mixin = Mixin::new("shop").alert(|catalogue| {
    ///     let failed = Selector::new(catalogue.get("shop_payments_failed_total")?);
    ///     let condition = failed.rate(Window::minutes(5))?.sum().compared(Comparison::Above, 0.5);
    ///     Ok(Alert::new("PaymentFailureSpike", condition, "Payments fail").after_minutes(2).critical())
    /// });
    /// // It is not declared here.
    /// assert!(mixin.files().is_err());
    /// ```
    pub fn alert(
        self,
        alert: impl Fn(&Catalogue) -> Result<Alert, QueryError> + Send + Sync + 'static,
    ) -> Self {
        self.extend(move |catalogue, monitoring| {
            monitoring.alerts.push(alert(catalogue)?);
            Ok(())
        })
    }

    /// Adds an objective, with its burn rate alerts.
    pub fn objective(
        self,
        objective: impl Fn(&Catalogue) -> Result<Objective, QueryError> + Send + Sync + 'static,
    ) -> Self {
        self.extend(move |catalogue, monitoring| {
            monitoring.objectives.push(objective(catalogue)?);
            Ok(())
        })
    }

    /// Adds a change to the monitoring, such as a further panel or an alert that is removed.
    pub fn extend(
        mut self,
        change: impl Fn(&Catalogue, &mut Monitoring) -> Result<(), QueryError> + Send + Sync + 'static,
    ) -> Self {
        self.additions.push(Box::new(change));
        self
    }

    /// Returns the monitoring, with all additions.
    ///
    /// # Errors
    ///
    /// If an addition names something that is not declared.
    pub fn monitoring(&self) -> Result<Monitoring, QueryError> {
        self.monitoring_of(&self.declared())
    }

    fn declared(&self) -> Catalogue {
        self.catalogue.clone().unwrap_or_else(Catalogue::current)
    }

    fn monitoring_of(&self, catalogue: &Catalogue) -> Result<Monitoring, QueryError> {
        let mut monitoring = Monitoring::of(catalogue);
        self.additions.iter().try_for_each(|change| change(catalogue, &mut monitoring))?;
        monitoring.add_objectives_board()?;
        Ok(monitoring)
    }

    fn plan(&self) -> Result<Plan, MixinError> {
        let plain = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
        };
        let starts = self.name.starts_with(|character: char| character.is_ascii_lowercase());
        // A Kubernetes name has at most 63 characters, of which suffixes such as `-metrics` need some.
        if !starts || self.name.ends_with('-') || self.name.len() > 40 || !self.name.chars().all(plain) {
            return Err(MixinError::Name { name: self.name.clone() });
        }
        let catalogue = self.declared();
        let monitoring = self.monitoring_of(&catalogue)?;
        if let Some(fault) = monitoring.faults.first() {
            return Err(MixinError::Annotation(Box::new(fault.clone())));
        }
        let (mut alerts, mut recordings) = (monitoring.alerts.clone(), monitoring.recordings.clone());
        for objective in &monitoring.objectives {
            alerts.extend(objective.alerts()?);
            recordings.extend(objective.recordings()?);
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = alerts.iter().find(|alert| !names.insert(&alert.name)) {
            return Err(MixinError::AlertTwice { alert: twice.name.clone() });
        }
        Ok(Plan {
            name: self.name.clone(),
            endpoint: self.endpoint.clone(),
            http_port: self.http_port,
            package: self.package.clone().unwrap_or_else(|| self.name.clone()),
            catalogue,
            monitoring,
            alerts,
            recordings,
        })
    }

    /// Returns the files, sorted by path.
    ///
    /// # Errors
    ///
    /// If an addition names something that is not declared, if two alerts have one name, or if an alert cannot fire or
    /// cannot stop.
    pub fn files(&self) -> Result<Vec<GeneratedFile>, MixinError> {
        let plan = self.plan()?;
        let mut files = prometheus::files(&plan)?;
        files.extend(grafana::files(&plan));
        files.extend(deploy::files(&plan));
        files.extend(text::files(&plan));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// Writes the files into a directory, and removes generated files that are no longer part of them.
    ///
    /// # Errors
    ///
    /// The errors of [`files`](Self::files); also if a file that was changed by hand would be overwritten, in which case nothing
    /// is written, and if the directory cannot be written.
    pub fn write(&self, directory: impl AsRef<Path>) -> Result<(), MixinError> {
        tree::write(directory.as_ref(), &self.files()?)
    }

    /// Compares a directory with the generated files. With the environment variable `BLESS` set to `1`, writes the directory
    /// instead.
    ///
    /// ```no_run
    /// use tallymark_mixin::{Mixin, MixinError};
    ///
    /// #[test]
    /// fn monitoring_is_up_to_date() -> Result<(), MixinError> {
    ///     Mixin::new("shop").check("monitoring")
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If the directory differs; the error shows the differences. Also the errors of [`write`](Self::write).
    pub fn check(&self, directory: impl AsRef<Path>) -> Result<(), MixinError> {
        if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
            return self.write(directory);
        }
        tree::check(directory.as_ref(), &self.files()?)
    }
}
