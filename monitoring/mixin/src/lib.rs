//! Who writes the dashboards, the alerting rules and the deployment files of a program, and keeps them true? The program does:
//! from what it declares, this package writes a directory for its operator, and a test fails when the directory is not what
//! the program declares. Works with Prometheus 2.42 and newer, Grafana 9 to 13, and the Prometheus operator's
//! `monitoring.coreos.com/v1`.
//!
//! ```toml
//! [dependencies]
//! tallymark-mixin = "0.1"
//! ```
//!
//! ```rust
//! use tallymark_mixin::{Alert, Comparison, Mixin, MixinError, Selector};
//!
//! fn main() -> Result<(), MixinError> {
//!     // Build the application first: its layers declare what they measure when they are built.
//!     let mixin = Mixin::new("shop").alert(|catalogue| {
//!         let conflicts = Selector::new(catalogue.get("tallymark_conflicts_total")?);
//!         let condition = conflicts.value()?.compared(Comparison::Above, 10.0);
//!         Ok(Alert::new("ManyConflicts", condition, "Many metrics hide one another").after_minutes(5))
//!     });
//!     let directory = std::env::temp_dir().join("shop-monitoring");
//!     mixin.write(&directory)?;
//!     mixin.check(&directory)?;
//!     let rules = std::fs::read_to_string(directory.join("prometheus/rules/shop-alerts.yml"));
//!     assert!(rules.is_ok_and(|rules| rules.contains("alert: ManyConflicts")));
//!     Ok(())
//! }
//! ```
//!
//! In a program, that is a subcommand; in a test, it is one line, and the environment variable `BLESS=1` has it write the
//! directory:
//!
//! ```rust,no_run
//! #[test]
//! fn monitoring_is_up_to_date() -> Result<(), tallymark_mixin::MixinError> {
//!     tallymark_mixin::Mixin::new("shop").check("monitoring")
//! }
//! ```
//!
//! # What is written
//!
//! | file | holds |
//! |---|---|
//! | `prometheus/prometheus.yml` | the scrape configuration: target, path, token and TLS as the [`Endpoint`] requires them |
//! | `prometheus/rules/` | recording rules (rates of counters, quantiles of histograms, error ratios of objectives) and alerts |
//! | `prometheus/tests/` | for `promtool test rules`: for each alert, series with which it fires, and series with which it does not |
//! | `alertmanager/alertmanager.yml` | routes by severity |
//! | `grafana/dashboards/` | an overview, one dashboard for each layer that is there, one for the application's own metrics |
//! | `grafana/provisioning/` | data source and folder |
//! | `mixin.libsonnet` | dashboards, alerts and rules for those who deploy with Jsonnet |
//! | `compose.yml`, `Dockerfile` | service, Prometheus, Alertmanager and Grafana on one machine |
//! | `kubernetes/` | `Deployment`, `Service`, `NetworkPolicy`, `ServiceMonitor`, `PodMonitor`, `PrometheusRule`, dashboards as `ConfigMap`s |
//! | `nginx/metrics.conf` | denies public access to the metrics |
//! | `METRICS.md`, `PROMQL.md` | every metric with its labels, place, alerts, panels and greatest number of series; example queries |
//!
//! Generated files say so in their first lines, with a checksum: one that was changed by hand is never overwritten, and what is
//! added beside them stays.
//!
//! # What is in it
//!
//! Which panels and alerts there are follows from the families that the program has ([`Monitoring`]): requests, functions and
//! statements by rate, errors and duration; pools and the process by utilisation and saturation; models, caches, migrations;
//! and the metrics themselves. Names are the layers' own or django-prometheus', in any namespace. Every other family gets a panel by
//! its kind, unit and labels. [`Mixin::alert`], [`Mixin::objective`] and [`Mixin::extend`] add to it.
//!
//! A query is made from the description of a family, so that no file names a metric or a label that is not there. An alert for
//! which no values are found that make it fire, or none that do not, is an error.
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
//! [`MixinError`] names the file and shows the difference; [`QueryError`] names what the query asked for, and what exists.
//!
//! # Limits
//!
//! - The directory is written from one process: what layers declare only when they are first used, or in another program of the
//!   same service, is not in it.
//! - Thresholds are those of a usual web service. Take an alert out or change it with [`Mixin::extend`].
//! - Native histograms are queried by their classic buckets; one without any gets a panel of its mean.
//! - The files of Kubernetes and Compose are a beginning: resources, replicas and images are yours to overlay.

mod deploy;
mod diff;
mod endpoint;
mod error;
mod file;
mod format;
mod grafana;
mod mixin;
mod plan;
mod prometheus;
mod text;
mod tree;

pub use endpoint::Endpoint;
pub use error::{FileDifference, MixinError};
pub use file::GeneratedFile;
pub use mixin::Mixin;
pub use tallymark_panels::{
    Access, Alert, AnnotationFault, Board, Catalogue, Check, ChecklistItem, Comparison, Doctor, ExampleError,
    ExpositionError, FamilySeries, Finding, FindingLevel, ItemState, Monitoring, Objective, Panel, PanelKind,
    PanelUnit, Query, QueryError, Recording, Report, Selector, Severity, Unit, Window, doctor,
    parse_exposition,
};
