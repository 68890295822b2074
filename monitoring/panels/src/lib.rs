//! Which panels and alerts does a program need? This package derives them from the metrics that the program declares: panels,
//! alerts, recording rules and objectives, as data. `tallymark-mixin` writes them for Prometheus and Grafana, and a live page
//! evaluates the same queries in the program itself.
//!
//! ```toml
//! [dependencies]
//! tallymark-core = "0.1"
//! tallymark-panels = "0.1"
//! ```
//!
//! ```rust
//! use std::time::Duration;
//! use tallymark_core::{Counter, place, registry::{self, Declaration}};
//! use tallymark_panels::{Catalogue, History, Monitoring, PromQl, Selector, Window};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let orders = Declaration::new("shop_orders_created_total", "Orders created.", place!());
//!     let orders: &'static Counter = orders.declare(Counter::new)?;
//!
//!     // Snapshots, as if one were taken every fifteen seconds.
//!     let mut history = History::new(4 << 20);
//!     for round in 0..5 {
//!         history.push(15_000 * round, &registry::snapshot());
//!         orders.inc_by(30);
//!     }
//!
//!     let catalogue = Catalogue::current();
//!     let all = Selector::new(catalogue.get("shop_orders_created_total")?);
//!     let rate = all.rate(Window::minutes(1))?.sum();
//!     assert_eq!(rate.promql(&PromQl::default()), "sum(rate(shop_orders_created_total[1m]))");
//!     let values = history.evaluate(&rate, 60_000, Duration::from_secs(60));
//!     assert_eq!(values[0].value, 2.0);
//!
//!     // Every declared family gets a panel.
//!     let monitoring = Monitoring::of(&catalogue);
//!     let application = monitoring.board("application").ok_or("there is one")?;
//!     assert!(application.panels().any(|panel| panel.title == "Orders created"));
//!     Ok(())
//! }
//! ```
//!
//! # Queries
//!
//! A [`Query`] is made from a [`Selector`], and that from the description of a family in a [`Catalogue`]: no query can name a
//! metric that is not declared, a label that it does not have, or a value that a closed label never takes. [`Query::promql`]
//! writes it, [`History::evaluate`] computes it. Both give the same numbers: `tests/monitoring/run.sh` has a Prometheus server
//! evaluate the queries of all panels over the same samples, across restarts of the program.
//!
//! | function | of | source |
//! |---|---|---|
//! | [`rate`](Selector::rate), [`increase`](Selector::increase) | counters; numbers of observations | Prometheus 3.5, `extrapolatedRate` |
//! | [`quantile`](Selector::quantile) | buckets | Prometheus 3.5, `BucketQuantile` |
//! | [`mean`](Selector::mean), [`apdex`](Selector::apdex), [`rate_up_to`](Selector::rate_up_to), [`heatmap`](Selector::heatmap) | histograms | |
//! | [`value`](Selector::value), [`mean_over`](Selector::mean_over), [`max_over`](Selector::max_over) | gauges | |
//! | [`sum_by`](Query::sum_by), [`max_by`](Query::max_by), [`ratio`](Query::ratio), [`part_of`](Query::part_of), [`compared`](Query::compared) … | any query | |
//!
//! # Panels and alerts
//!
//! [`Monitoring::of`] knows the families of tallymark's layers, in any namespace and with django-prometheus' names, and describes all
//! others by kind, unit and labels. Alerts are correct forms of those that *django-prometheus – The Complete Guide* recommends, and
//! of the USE method for pools and the process; those of an [`Objective`] are multi-window burn rates as in Google's *Site
//! Reliability Workbook*, chapter 5. [`Query::example`] finds series for which a condition holds and for which it does not.
//!
//! Alerts, objectives and titles that annotations have (`#[metric(alert(..), slo(..), panel(..))]`, `#[timed(slo(..))]`) come with
//! the descriptors of their families, and are part of [`Monitoring`] as well.
//!
//! # Doctor
//!
//! [`doctor`] examines the running program: conflicts, label sets that were dropped, labels that grow, histograms whose
//! buckets do not resolve their observations, metrics that were never touched, pending migrations and more. Each [`Finding`]
//! names the place of the declaration and what to write. [`Doctor::of_exposition`] examines the exposition of any other
//! program.
//!
//! # Errors
//!
//! [`QueryError`] names what the query asked for, and the families, labels, values or bounds that exist.
//!
//! # Limits
//!
//! - The algebra has no subqueries, no offsets and no joins on other labels; patterns of label matchers are alternatives with `.`,
//!   `.*` and `.+`.
//! - Native histograms are evaluated by their classic buckets.
//! - A [`History`] takes eight bytes for each sample, and some 200 for each series: for 1,000 series every five seconds, 15
//!   minutes are 1.6 MB.

mod alert;
mod catalogue;
mod doctor;
mod history;
mod monitoring;
mod objective;
mod panel;
mod query;
mod rules;

pub use alert::{Alert, Recording};
pub use catalogue::Catalogue;
pub use doctor::{
    Access, Check, ChecklistItem, Doctor, ExpositionError, FamilySeries, Finding, FindingLevel, ItemState,
    Report, doctor, parse_exposition,
};
pub use history::{Export, History, PreparedQuery, Sampled, SampledRange};
pub use monitoring::{AnnotationFault, Monitoring};
pub use objective::Objective;
pub use panel::{Board, Level, Panel, PanelKind, Row, Target, Threshold, Unit};
pub use query::{ExampleError, ExampleSeries, PromDuration, PromQl, Query, QueryError, Selector, Window};
pub use tallymark_rules::{Comparison, PanelUnit, Severity};
