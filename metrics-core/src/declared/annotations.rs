//! What an annotation says of alerts, objectives and the panel of a metric. All of it is constant data beside the entry:
//! nothing of it is touched when something is counted.

use crate::{
    descriptor::Kind,
    metric::{Declare, Metric},
    slo::Slo,
};
use tallymark_rules::{
    Function, Matcher, Message, PanelUnit, Severity, edge, edge_fault, nearest_edges, unknown_label,
};

/// Alerts, objectives and the panel of one metric.
#[derive(Clone, Copy)]
pub struct Annotations {
    /// The alerts.
    pub alerts: &'static [Alert],
    /// The objectives.
    pub objectives: &'static [Objective],
    /// The panel, as far as it is not derived from kind, unit and labels.
    pub panel: Panel,
}

impl Annotations {
    /// Those of a metric of which nothing is said.
    pub const NONE: &'static Self = &Self { alerts: &[], objectives: &[], panel: Panel::DERIVED };
}

/// An alert on one metric.
#[derive(Clone, Copy)]
pub struct Alert {
    /// The name.
    pub name: &'static str,
    /// The condition, which the macro has parsed.
    pub when: &'static str,
    /// For how many seconds the condition has to hold.
    pub hold: u64,
    /// The severity.
    pub severity: Severity,
    /// One sentence.
    pub summary: &'static str,
    /// The meaning of the value and what to do; empty if nothing was written.
    pub description: &'static str,
}

/// Checks that a function of a condition makes sense for a metric, and that the metric has the labels that the condition
/// names.
///
/// # Panics
///
/// If not. In a `static`, where the macros put it, that is a compile error.
#[track_caller]
pub const fn check_condition<M: Declare>(function: Function, labels: &[&str]) {
    if let Some(fault) = function.fault(M::KIND) {
        panic!("{}", fault.text());
    }
    check_labels::<M>(labels);
}

/// Checks that a metric has these labels.
///
/// # Panics
///
/// As [`check_condition`].
#[track_caller]
pub const fn check_labels<M: Declare>(labels: &[&str]) {
    let mut at = 0;
    while at < labels.len() {
        if let Some(fault) = unknown_label(labels[at], M::LABELS) {
            panic!("{}", fault.text());
        }
        at += 1;
    }
}

/// Checks that a limit of a quantile is below the last bound: no quantile is above it, so that the alert would never fire.
///
/// # Panics
///
/// As [`check_condition`].
#[track_caller]
pub const fn check_reachable(bounds: &[f64], limit: f64) {
    if let [.., last] = bounds {
        assert!(
            limit < *last,
            "no quantile is above the last bound of the buckets, so that this alert would never fire: write a smaller \
             threshold, or add buckets"
        );
    }
}

/// The panel of one metric.
#[derive(Clone, Copy)]
pub struct Panel {
    /// The title; empty if it is derived.
    pub title: &'static str,
    /// The title of the row; empty if it is derived.
    pub row: &'static str,
    /// The unit, unless it is derived.
    pub unit: Option<PanelUnit>,
}

impl Panel {
    /// A panel that is derived from kind, unit and labels.
    pub const DERIVED: Self = Self { title: "", row: "", unit: None };
}

/// Checks that the panel of a metric can have this unit.
///
/// # Panics
///
/// As [`check_condition`].
#[track_caller]
pub const fn panel_unit<M: Declare>(unit: PanelUnit) -> PanelUnit {
    if let Some(fault) = unit.fault(M::KIND) {
        panic!("{}", fault);
    }
    unit
}

/// An objective on one metric.
#[derive(Clone, Copy)]
pub struct Objective {
    /// The name; empty if it is derived from the metric's.
    pub name: &'static str,
    /// The targets.
    pub slo: Slo,
    /// The events that are bad, for a target of success.
    pub errors: Errors,
}

/// Bad events among those that a counter counts.
#[derive(Clone, Copy)]
pub enum Errors {
    /// There is no target of success.
    None,
    /// Another counter, and how it is written in the annotation.
    Metric(&'static dyn Metric, &'static str),
    /// Those of the counter's series that match.
    Matching(&'static [Matcher<'static>]),
}

impl Errors {
    /// Returns the errors that another counter counts.
    ///
    /// # Panics
    ///
    /// If the metric is not a counter. In a `static`, where the macros put it, that is a compile error.
    #[track_caller]
    pub const fn metric<M: Declare>(metric: &'static M, written: &'static str) -> Self {
        assert!(
            matches!(M::KIND, Kind::Counter),
            "`errors` is not a counter: write the counter of the events that failed"
        );
        Self::Metric(metric, written)
    }
}

/// Checks that a metric is a counter, of which a part may be bad.
///
/// # Panics
///
/// As [`check_condition`].
#[track_caller]
pub const fn check_counter<M: Declare>() {
    assert!(
        matches!(M::KIND, Kind::Counter),
        "a success target belongs to the counter of all events: write `slo(success = …, errors = …)` there"
    );
}

/// Checks that a latency objective is one of a histogram with an edge at its limit.
///
/// # Panics
///
/// If not; the message names the nearest edges. In a `static`, where the macros put it, that is a compile error.
#[track_caller]
pub const fn check_edge<M: Declare>(bounds: &[f64], slo: Slo) {
    assert!(
        matches!(M::KIND, Kind::Histogram),
        "a latency objective needs a histogram, which counts observations up to each edge of its buckets"
    );
    if let Some(fault) = latency_fault(bounds, slo) {
        panic!("{}", fault.text());
    }
}

/// Returns the sentence for a limit that is no edge of a bucket.
pub(crate) const fn latency_fault(bounds: &[f64], slo: Slo) -> Option<Message> {
    match slo.latency_limit() {
        Some((limit, _)) if edge(bounds, limit).is_none() => {
            let (below, above) = nearest_edges(bounds, limit);
            Some(edge_fault(limit, below, above))
        }
        _ => None,
    }
}
