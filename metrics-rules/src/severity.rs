//! Severities of alerts.

use core::fmt;

/// The severity of an alert, which routes of Alertmanager select.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// It needs attention within the day.
    Warning,
    /// It needs attention at once.
    Critical,
}

impl Severity {
    /// All severities, the least first.
    pub const ALL: [Self; 2] = [Self::Warning, Self::Critical];

    /// Returns the value of the label `severity`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// Returns the severity that a text names.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.text() == text)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
