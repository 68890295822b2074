//! The report of all checks.

use super::{
    checklist::ChecklistItem,
    finding::{Finding, FindingLevel},
    series::FamilySeries,
};
use std::fmt;

/// The findings of a [`Doctor`](crate::Doctor).
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Report {
    findings: Vec<Finding>,
    series: Vec<FamilySeries>,
    checklist: Vec<ChecklistItem>,
    budget: usize,
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

    /// Returns the findings of level [`Error`](FindingLevel::Error).
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.level == FindingLevel::Error)
    }

    /// Returns the series by family, the largest first.
    pub fn series(&self) -> &[FamilySeries] {
        &self.series
    }

    /// Returns the budget of series that they are compared with.
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// Returns the checklist of what a monitored program should have.
    pub fn checklist(&self) -> &[ChecklistItem] {
        &self.checklist
    }
}

/// The number of families that a report lists.
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
