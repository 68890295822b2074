//! How do metrics of crates that use the `metrics` façade (version 0.24) get into tallymark's exposition?
//!
//! ```toml
//! [dependencies]
//! metrics = "0.24"
//! tallymark = "0.1"
//! tallymark-metrics = "0.1"
//! ```
//!
//! ```
//! use metrics::{Unit, counter, describe_histogram, gauge, histogram};
//! use tallymark::registry;
//! use tallymark_metrics::InstallError;
//!
//! fn main() -> Result<(), InstallError> {
//!     tallymark_metrics::install()?;
//!
//!     // What crates do that use the façade:
//!     describe_histogram!("mail.send_seconds", Unit::Seconds, "Time to send a mail.");
//!     counter!("mail.sent", "queue" => "daily").increment(3);
//!     gauge!("mail.waiting").set(17.0);
//!     histogram!("mail.send_seconds").record(0.02);
//!
//!     let snapshot = registry::snapshot();
//!     assert_eq!(snapshot.counter("mail_sent", &[("queue", "daily")]), Some(3));
//!     assert_eq!(snapshot.value("mail_waiting", &[]), Some(17.0));
//!     assert!(registry::encode_to_string(registry::Format::Text004).contains("mail_send_seconds_count 1\n"));
//!     Ok(())
//! }
//! ```
//!
//! [`install`] comes before the first metric of any crate: what is counted before goes nowhere, and handles that were made
//! before stay empty. [`Recorder::builder`] sets buckets, idle timeouts and limits.
//!
//! # Names and labels
//!
//! Names are shown as crates write them, with `_` for each character that a name of Prometheus cannot have, as
//! `metrics-exporter-prometheus` does: `mail.sent` is shown as `mail_sent`. Names that are the same then are one metric.
//! tallymark's namespace is not put before them, its constant labels are; where a metric has a label of the same name, the
//! constant label is left out of that family.
//!
//! - Labels keep their names in the same way. Those called `le`, `quantile` or `__…`, which Prometheus keeps for itself, are
//!   shown as `exported_…`. Of two labels with one name, the last counts.
//! - A label whose value is empty is left out: Prometheus does not tell the two apart, and a scrape may not have both.
//! - Series of one name may have different label names. Such queries as `sum by (queue)` add up what has no such label, too.
//! - A counter without `_total` has its name in the text format and in protobuf. In OpenMetrics, where that is not allowed, it
//!   is of type `unknown`. [`Builder::recommended_naming`] adds `_total` and units.
//! - Help texts and units may be described at any time. `# UNIT` is shown where the name ends in the unit.
//!
//! # Histograms
//!
//! Histograms have buckets: those that are set for the name, or those for durations in seconds. There are no quantiles, which
//! cannot be added up over several processes.
//!
//! # Values that are no numbers
//!
//! A gauge that is set to NaN or an infinity shows it. Adding one to a gauge, or subtracting it, is left out and counted.
//! A histogram leaves NaN out, and infinities are counted in their bucket and left out of the sum; both are counted in
//! `tallymark_rejected_observations_total{metric}`.
//!
//! # What is not counted
//!
//! `tallymark_metrics_rejected_total{reason}` counts calls that were not counted. Nothing panics, and what was declared first
//! stays.
//!
//! | reason | what |
//! |---|---|
//! | `kind` | the name is that of a metric of another kind |
//! | `declared` | the name is that of a metric which a layer has declared while the program runs |
//! | `name` | the name is empty |
//! | `names` | there are [as many names](Builder::max_names) as there may be |
//! | `labels` | there are more than 16 labels, or more than 64 sets of label names of one metric |
//! | `value` | what was added to a gauge is not finite |
//! | `nested` | the allocator counted while a metric was made |
//!
//! Label sets beyond [`Builder::max_series`] are counted in the series `_overflow` and in
//! `tallymark_dropped_series_total{metric}`. A name that a `#[metric]` has, too, is a conflict, which
//! [`registry::check`](tallymark_core::registry::check) names and `tallymark_conflicts_total` counts.
//!
//! # Limits
//!
//! - It is the recorder of **version 0.24** of the façade. Cargo treats other versions as other crates, whose metrics nothing
//!   here can see: `cargo tree -i metrics` shows which versions are in a program.
//! - `absolute` on a counter reads the sum of all threads, one call at a time: it takes longer than `increment`.
//! - Each thread remembers up to 4,096 keys of each kind.
//! - Where several processes share an exposition, what is counted with the façade is that of the process that is scraped.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod busy;
mod bytes;
mod cache;
mod family;
mod kept;
mod names;
mod recorder;
mod rejected;
mod settings;
mod signature;
mod values;

pub use builder::{Builder, InstallError};
pub use recorder::Recorder;
pub use settings::Matcher;

/// Installs a recorder with the default settings as the global one.
///
/// # Errors
///
/// If there is one already.
pub fn install() -> Result<(), InstallError> {
    Recorder::builder().install()
}
