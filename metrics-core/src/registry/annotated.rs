//! Alerts and panels as they were annotated.

use crate::declared::{Alert, Panel};
use std::time::Duration;
use tallymark_rules::{Condition, PanelUnit, Severity};

/// An alert on a metric, as its annotation has it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AlertDescriptor {
    /// The name, such as `PaymentFailureSpike`.
    pub name: String,
    /// The condition as it is written.
    pub when: String,
    /// The condition.
    pub condition: Condition<'static>,
    /// For how long the condition has to hold.
    pub hold: Duration,
    /// The severity.
    pub severity: Severity,
    /// One sentence; empty if nothing was written.
    pub summary: String,
    /// The meaning of the value and what to do; empty if nothing was written.
    pub description: String,
}

impl AlertDescriptor {
    /// Describes an alert. Its condition can be parsed, as the macro has parsed it with the same parser.
    pub(super) fn new(alert: &Alert) -> Option<Self> {
        Some(Self {
            name: alert.name.to_owned(),
            when: alert.when.to_owned(),
            condition: Condition::parse(alert.when).ok()?,
            hold: Duration::from_secs(alert.hold),
            severity: alert.severity,
            summary: alert.summary.to_owned(),
            description: alert.description.to_owned(),
        })
    }
}

/// What the annotation of a metric says of its panel. What is not said is derived from kind, unit and labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PanelDescriptor {
    /// The title.
    pub title: Option<String>,
    /// The title of the row.
    pub row: Option<String>,
    /// The unit of the values.
    pub unit: Option<PanelUnit>,
}

impl PanelDescriptor {
    pub(super) fn new(panel: &Panel) -> Self {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self { title: said(panel.title), row: said(panel.row), unit: panel.unit }
    }
}
