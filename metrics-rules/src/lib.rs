//! What may a metric be called?
//!
//! The rules of tallymark for the names of metrics, labels, units and namespaces, for help texts, and for alerts, objectives and
//! panels in annotations. The package has no dependencies, and the rules for names are `const fn`s. Three callers share them, so
//! that all refuse the same things in the same words:
//!
//! - the macros, which know where each word is written;
//! - constant evaluation, which knows kinds behind type aliases and the labels of derived sets;
//! - declarations at run time, whose names are settings.
//!
//! ```toml
//! [dependencies]
//! tallymark-rules = "0.1"
//! ```
//!
//! ```rust
//! use tallymark_rules::{Allow, Kind, Named};
//!
//! fn main() {
//!     let named = Named { name: "orders_created", kind: Kind::Counter, unit: None, allow: Allow::NONE };
//!     let fault = named.first_fault().expect("`_total` is missing");
//!     assert_eq!(
//!         fault.to_string(),
//!         "the name of a counter ends in `_total`: call it `orders_created_total`"
//!     );
//!     assert_eq!(fault.allowed_by(), Some("total"));
//!
//!     let named = Named { name: "orders_created_total", ..named };
//!     assert_eq!(named.first_fault(), None);
//! }
//! ```
//!
//! # Sources
//!
//! Prometheus, "Metric and label naming" and "Data model"; OpenMetrics 1.0, "Metric types and suffixes" and "Label
//! names"; the abbreviated units are those that `promtool check metrics` reports.
//!
//! # Limits
//!
//! A rule knows words, not meanings: `_us` is taken for microseconds even where it is a country. `allow(unit)` says so.
//! Bounds of buckets are checked where buckets are made, by `tallymark_core::Buckets`.

#![no_std]

extern crate alloc;

mod allow;
mod condition;
mod duration;
mod fault;
mod kind;
mod label;
mod message;
mod name;
mod panel_unit;
mod severity;
mod slo;
mod template;
mod text;
mod unit;

pub use allow::Allow;
pub use condition::{
    Aggregation, Comparison, Condition, ConditionFault, Function, MatchOperator, Matcher, Threshold,
    ThresholdUnit, is_pattern, parse_selector, unknown_label,
};
pub use duration::{duration_of_seconds, parse_duration};
pub use fault::{Fault, Subject};
pub use kind::Kind;
pub use label::{first_label_fault, is_endless_label, is_label_name, label_fault};
pub use message::Message;
pub use name::{Faults, Named, help_fault, is_metric_name, namespace_fault};
pub use panel_unit::PanelUnit;
pub use severity::Severity;
pub use slo::{LatencyFault, LatencyTarget, edge, edge_fault, is_target, nearest_edges};
pub use template::template_labels;
pub use text::is_snake_case;
pub use unit::base_unit_of;

/// Checks a declaration against the rules: for declarations that the compiler evaluates.
///
/// # Panics
///
/// If a rule is broken, with [`Fault::sentence`]. In a `const` or `static` that is a compile error.
// The caller is tracked so that the compiler shows the declaration and not the inside of this file.
#[track_caller]
pub const fn check(name: &str, kind: Kind, labels: &[&str], unit: Option<&str>, allow: Allow) {
    if let Some(fault) = (Named { name, kind, unit, allow }).first_fault() {
        panic!("{}", fault.sentence());
    }
    check_labels(name, kind, labels, allow);
}

/// Checks the labels of a declaration whose name is known to be good.
///
/// # Panics
///
/// As [`check`].
#[track_caller]
pub const fn check_labels(name: &str, kind: Kind, labels: &[&str], allow: Allow) {
    if let Some(fault) = first_label_fault(name, kind, labels, allow) {
        panic!("{}", fault.sentence());
    }
}
