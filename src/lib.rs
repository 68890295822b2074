//! How does a Rust service get Prometheus metrics? By annotation: a metric is a static, and it is part of every exposition
//! of the program, whichever crate it is in.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! ```
//!
//! ```
//! use tallymark::{Counter, exporter, metric, registry};
//!
//! /// Orders created.
//! #[metric(namespace = "shop")]
//! pub static ORDERS_CREATED_TOTAL: Counter = Counter::new();
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let exporter = exporter::serve("127.0.0.1:0")?;
//!     println!("metrics at http://{}/metrics", exporter.local_addr());
//!
//!     ORDERS_CREATED_TOTAL.inc();
//!     assert_eq!(registry::snapshot().value("shop_orders_created_total", &[]), Some(1.0));
//!     Ok(())
//! }
//! ```
//!
//! Counting is a load and a store in memory that only the counting thread writes to. Reading sums over all threads.
//!
//! # What is measured
//!
//! | by | families |
//! |---|---|
//! | [`#[metric]`](macro@metric), [`#[metrics]`](macro@metrics) | the application's own |
//! | [`#[timed]`](macro@timed) and its kind | `function_calls_total`, `function_duration_seconds` and more, by module and function |
//! | [`#[job]`](macro@job) | `job_runs_total`, `job_last_success_timestamp_seconds` and more, by job |
//! | [`#[derive(ModelMetrics)]`](derive@ModelMetrics) | `model_inserts_total` and more, by model |
//! | [`process`] | `process_cpu_seconds_total` and more, on Linux, macOS and Windows |
//! | [`build_info!`] | `build_info`: name, version, compiler, revision and features of the application |
#![cfg_attr(
    feature = "prometheus",
    doc = "| [`prometheus_bridge`] | what an application has registered with the `prometheus` crate, version 0.14 |"
)]
//! | tallymark itself | `tallymark_scrape_duration_seconds`, `tallymark_conflicts_total` and more |
//!
//! HTTP servers, databases, caches and migrations have a package for each library, such as `tallymark-axum` and
//! `tallymark-sqlx`; programs that end before they are scraped have `tallymark-push`.
//!
//! # How it is read
//!
//! A scrape, [`encode_to_string`], [`registry::snapshot`] and [`textfile`] show the same families, whatever was called before.
//!
//! # Features
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `exporter` | yes | the `/metrics` endpoint: a server on a thread of its own, and the same as a tower service |
//! | `prometheus` | yes | both ways between registries of the `prometheus` crate and this one |
//! | `tls` | | the endpoint over TLS |
//! | `live` | | a page with panels of all metrics over the last minutes, at `/live` of the endpoint |
//! | `quantiles` | | quantiles of summaries, which cannot be aggregated |
//! | `processes` | | one exposition for several processes, on Linux |
//! | `gzip`, `zstd` | | compressed responses of the endpoint |
//!
//! # Without metrics
//!
//! A program that is built with `RUSTFLAGS="--cfg tallymark_off"` has no metrics, whatever its code and its dependencies declare:
//!
//! ```sh
//! RUSTFLAGS="--cfg tallymark_off" cargo build --release
//! ```
//!
//! Counters, gauges, histograms, timers and annotated functions compile to nothing: no instruction of them is left, and no clock is
//! read, so [`Timer::stop`] returns zero. What is computed for a label or an observation is the caller's code, and stays. Reading a
//! metric returns zero, expositions and snapshots are empty and valid, no collector runs, and HTTP layers pass requests on. Layers
//! of databases go on reading statements.
//!
//! It is a setting of the compiler and not a feature. Features are added up over all packages of a build, so that one dependency
//! could take the metrics of all others away, and `--all-features` would turn off what it is to test. Who builds the program
//! decides, and in `.cargo/config.toml` the decision is written once:
//!
//! ```toml
//! [build]
//! rustflags = ["--cfg", "tallymark_off"]
//! ```
//!
//! To switch everything off when the program starts, at the cost of counting, set `TALLYMARK_ENABLED=off` or
//! [`Config::enabled`](registry::Config::enabled).
//!
//! # Limits
//!
//! - A crate that is a dependency in `Cargo.toml` and is named nowhere in the code is not linked, so its metrics are not
//!   there; see [`require!`].
//! - A shared library that is loaded at run time has a registry of its own.
//! - Rust 1.85 or newer.

#![cfg_attr(docsrs, feature(doc_cfg))]

/// All packages and their features, and what the symbols of other libraries are here.
///
/// [The guide](https://github.com/tallymark-rs/tallymark/tree/main/docs/guide) goes from a first counter to alerts in production.
#[cfg(doc)]
pub mod guide {
    #[doc = include_str!("../docs/packages.md")]
    pub mod packages {}

    #[doc = include_str!("../docs/coming-from.md")]
    pub mod coming_from {}
}

mod build;
pub mod process;
pub mod textfile;

#[cfg(feature = "quantiles")]
#[cfg_attr(docsrs, doc(cfg(feature = "quantiles")))]
pub use tallymark_core::Quantiles;
pub use tallymark_core::{
    Across, Amount, Buckets, BucketsError, CallbackGauge, Counter, CounterBatch, CounterHandle, Descriptor,
    EntryGuard, FloatCounter, Gauge, GaugeCallback, GaugeHandle, GaugeHistogram, GaugeHistogramHandle,
    GaugeValue, Histogram, HistogramHandle, HistogramReading, InFlightGuard, Info, IntGauge, Kind,
    LabelCountError, LabelSet, LabelValue, Labellable, Labelled, Metric, Model, Naming, Native, Number,
    OVERFLOW, Observe, Place, Position, Scope, Slo, SloError, State, StateHandle, StateSet, Summary,
    SummaryHandle, SummaryReading, Timer, ToNumber, UpDownCounter, UpDownHandle, assert_delta, assert_metric,
    assert_no_delta, assert_value, bucket_layouts, buckets, collector, encode, exemplar as exemplars,
    job_queue_depth, place, registry, registry::encode_to_string, require, snapshot, testing, visit,
};
#[doc(inline)]
pub use tallymark_derive::*;
#[cfg(feature = "exporter")]
#[cfg_attr(docsrs, doc(cfg(feature = "exporter")))]
#[doc(inline)]
pub use tallymark_exporter as exporter;
#[cfg(feature = "processes")]
#[cfg_attr(docsrs, doc(cfg(feature = "processes")))]
#[doc(inline)]
pub use tallymark_processes as processes;
#[cfg(feature = "prometheus")]
#[cfg_attr(docsrs, doc(cfg(feature = "prometheus")))]
#[doc(inline)]
pub use tallymark_prometheus as prometheus_bridge;

/// Returns the settings of all metrics and of all layers: names, namespace, constant labels, buckets, and what is shown.
///
/// Once [installed](registry::Config::install), they hold for layers, bridges and collectors alike, as far as a layer's own
/// builder sets nothing else. What is not set here is taken from `TALLYMARK_*` [in the
/// environment](registry::Config#environment).
///
/// ```
/// use tallymark::Naming;
///
/// fn main() -> Result<(), tallymark::registry::ConfigError> {
///     tallymark::configure()
///         .namespace("shop")
///         .naming(Naming::Django)
///         .buckets("db_*", [0.001, 0.01, 0.1, 1.0])
///         .families_off(["http_request_body_bytes"])
///         .install()
/// }
/// ```
///
/// A wrong setting is an error that says what to write:
///
/// ```
/// let error = tallymark::configure().families_off(["http-*"]).install().unwrap_err();
/// assert!(error.to_string().starts_with("`http-*` cannot be the name of a family; write one, such as "));
/// ```
pub fn configure() -> registry::Config {
    registry::Config::new()
}

#[doc(hidden)]
pub use tallymark_core::__private_v4;
