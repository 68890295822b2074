//! All that was found.

use super::{ChecklistItem, Doctor, Finding, FindingLevel};
use std::fmt;
use tallymark_core::snapshot::{Family, Value};

/// What a [`Doctor`] found.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Report {
    findings: Vec<Finding>,
    series: Vec<FamilySeries>,
    checklist: Vec<ChecklistItem>,
    budget: usize,
}

/// How many series a family has and may have, as a server counts them: each bucket is one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FamilySeries {
    /// The name of the family.
    pub family: String,
    /// Series now.
    pub now: usize,
    /// Series in the worst case, if something limits them.
    pub at_most: Option<usize>,
}

impl Report {
    pub(super) fn new(
        findings: Vec<Finding>,
        series: Vec<FamilySeries>,
        checklist: Vec<ChecklistItem>,
        budget: usize,
    ) -> Self {
        Self { findings, series, checklist, budget }
    }

    /// Returns all findings, the worst first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns the findings because of which something is not seen, or is wrong, now.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.level == FindingLevel::Error)
    }

    /// Returns the series by family, the largest first.
    pub fn series(&self) -> &[FamilySeries] {
        &self.series
    }

    /// Returns what a program that is monitored has, and whether this one does.
    pub fn checklist(&self) -> &[ChecklistItem] {
        &self.checklist
    }
}

/// Families that are listed in a report.
const MOST_LISTED: usize = 10;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}\n")?;
        }
        for item in &self.checklist {
            writeln!(f, "{item}")?;
        }
        let now: usize = self.series.iter().map(|family| family.now).sum();
        let most: usize = self.series.iter().filter_map(|family| family.at_most).sum();
        let budget = self.budget;
        writeln!(
            f,
            "\n{now} series now, of a budget of {budget}; at most {most} where something limits them. The largest \
             families:"
        )?;
        for FamilySeries { family, now, at_most } in self.series.iter().take(MOST_LISTED) {
            match at_most {
                Some(most) => writeln!(f, "{now:>9} of {most:>9}  {family}")?,
                None => writeln!(f, "{now:>9} of unlimited  {family}")?,
            }
        }
        let count = |level| self.findings.iter().filter(|finding| finding.level == level).count();
        write!(
            f,
            "\n{} errors, {} warnings, {} notes",
            count(FindingLevel::Error),
            count(FindingLevel::Warning),
            count(FindingLevel::Note)
        )
    }
}

pub(super) fn series(doctor: &Doctor) -> Vec<FamilySeries> {
    let of = |family: &std::sync::Arc<tallymark_core::registry::FamilyDescriptor>| {
        let now = doctor.snapshot.family(&family.name).map_or(0, samples);
        let at_most = family.max_series.map(|series| series * family.samples_per_series());
        FamilySeries { family: family.name.clone(), now, at_most }
    };
    let mut series: Vec<FamilySeries> = doctor.catalogue.families().iter().map(of).collect();
    series.sort_by(|a, b| (b.now, b.at_most, &a.family).cmp(&(a.now, a.at_most, &b.family)));
    series
}

/// Samples of a family in an exposition.
fn samples(family: &Family) -> usize {
    let of = |value: &Value| match value {
        Value::Histogram(histogram) => histogram.counts.len() + 2,
        Value::Summary(summary) => summary.quantiles.len() + 2,
        Value::States(states) => states.states.len(),
        _ => 1,
    };
    family.series.iter().map(|series| of(&series.value)).sum()
}
