//! Diagnosis of a program's metrics.

mod access;
mod checklist;
mod checks;
mod exposition;
mod finding;
mod identifier;
mod input;
mod naming;
mod report;
mod series;

pub use access::Access;
pub use checklist::{ChecklistItem, ItemState};
pub use exposition::{ExpositionError, parse_exposition};
pub use finding::{Check, Finding, FindingLevel};
pub use report::Report;
pub use series::FamilySeries;

use crate::Catalogue;
use input::Input;
use tallymark_core::{
    registry::{self, Registry},
    snapshot::Snapshot,
};

/// Examines the metrics of the running program, and returns what is wrong with them.
///
/// Call it after the program has done some work: until then, no metric has been touched.
///
/// ```
/// let report = tallymark_panels::doctor();
/// assert!(report.errors().next().is_none(), "{report}");
/// ```
pub fn doctor() -> Report {
    Doctor::current().report()
}

/// Examines metrics: those of the running program, or the exposition of any other program.
///
/// ```
/// use tallymark_panels::{Check, Doctor};
///
/// let scraped = "# TYPE requests counter\n\
///                requests{path=\"/users/81\"} 3\n";
/// let report = Doctor::of_exposition(scraped)?.report();
/// let found = report.findings().iter().map(|finding| finding.check);
/// assert!(found.clone().any(|check| check == Check::LabelName));
/// assert!(found.clone().any(|check| check == Check::Naming));
/// # Ok::<_, tallymark_panels::ExpositionError>(())
/// ```
#[derive(Debug)]
pub struct Doctor {
    input: Input,
}

/// The default budget of series of one instance, as a Prometheus server counts them: one server takes some millions, and a service
/// has many instances.
const BUDGET: usize = 10_000;

impl Doctor {
    /// Creates a doctor for the running program.
    #[must_use]
    pub fn current() -> Self {
        Self::of_snapshot(registry::snapshot())
    }

    /// Creates a doctor for the running program, of which this is a snapshot.
    #[must_use]
    pub fn of_snapshot(snapshot: Snapshot) -> Self {
        let conflicts =
            registry::check().map_or_else(|conflicts| vec![conflicts.to_string()], |()| Vec::new());
        let input = Input {
            catalogue: Catalogue::of_program(&snapshot),
            snapshot,
            earlier: None,
            conflicts,
            collectors: registry::collectors(),
            endpoint: None,
            budget: BUDGET,
            is_live: true,
            objectives: Vec::new(),
        };
        Self { input }
    }

    /// Creates a doctor for a [`Registry`] of its own, of which this is a snapshot.
    ///
    /// Functions, models and layers count in the program's registry, so nothing is said of those that are missing here.
    #[must_use]
    pub fn of_registry(registry: Registry, snapshot: Snapshot) -> Self {
        let conflicts =
            registry.check().map_or_else(|conflicts| vec![conflicts.to_string()], |()| Vec::new());
        let input = Input {
            catalogue: Catalogue::with_snapshot(registry.descriptors(), &snapshot),
            snapshot,
            earlier: None,
            conflicts,
            collectors: registry.collectors(),
            endpoint: None,
            budget: BUDGET,
            is_live: false,
            objectives: Vec::new(),
        };
        Self { input }
    }

    /// Creates a doctor for the exposition of any program, in Prometheus' text format or OpenMetrics.
    ///
    /// # Errors
    ///
    /// If the text is valid in neither format; the error names the line.
    pub fn of_exposition(text: &str) -> Result<Self, ExpositionError> {
        let snapshot = parse_exposition(text)?;
        let input = Input {
            catalogue: Catalogue::with_snapshot(Vec::new(), &snapshot),
            snapshot,
            earlier: None,
            conflicts: Vec::new(),
            collectors: Vec::new(),
            endpoint: None,
            budget: BUDGET,
            is_live: false,
            objectives: Vec::new(),
        };
        Ok(Self { input })
    }

    /// Sets an earlier snapshot to compare with, which finds labels with a growing number of values.
    #[must_use]
    pub fn earlier(mut self, snapshot: Snapshot) -> Self {
        self.input.earlier = Some(snapshot);
        self
    }

    /// Sets how the endpoint is reached. An endpoint without authentication is a finding.
    #[must_use]
    pub fn endpoint(mut self, endpoint: impl Into<Access>) -> Self {
        self.input.endpoint = Some(endpoint.into());
        self
    }

    /// Sets the budget of series of one instance, as a Prometheus server counts them; 10,000 unless set.
    #[must_use]
    pub fn budget(mut self, series: usize) -> Self {
        self.input.budget = series;
        self
    }

    /// Adds a function (`module::name`) or family that has an objective.
    #[must_use]
    pub fn objective(mut self, about: impl Into<String>) -> Self {
        self.input.objectives.push(about.into());
        self
    }

    /// Runs all checks, and returns their findings.
    pub fn report(&self) -> Report {
        let mut findings = checks::all(&self.input);
        findings.extend(naming::all(&self.input));
        // The worst first, and those of one family together.
        findings.sort_by(|a, b| (b.level, &a.family, a.check).cmp(&(a.level, &b.family, b.check)));
        let (series, checklist) = (series::all(&self.input), checklist::items(&self.input));
        Report::new(findings, series, checklist, self.input.budget)
    }
}

#[cfg(test)]
mod tests;
