//! Metrics for Rust services by annotation.
//!
//! A metric is a static. Annotating it puts it into every exposition of the program, whichever crate it is in:
//!
//! ```
//! use tallymark::{Counter, metric};
//!
//! /// Orders created.
//! #[metric(namespace = "shop")]
//! pub static ORDERS_CREATED_TOTAL: Counter = Counter::new();
//!
//! ORDERS_CREATED_TOTAL.inc();
//! ```
//!
//! Counting is a load and a store in memory that only the counting thread writes to. Reading sums over all threads.

#[cfg(feature = "cache")]
pub mod cache;
#[cfg(feature = "db")]
pub mod db;
pub mod exemplars;
#[cfg(feature = "exporter")]
pub mod exporter;
mod exposition;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "migrations")]
pub mod migrations;
mod naming;
#[cfg(feature = "process")]
pub mod process;
#[cfg(feature = "prometheus")]
pub mod prometheus_bridge;
#[cfg(feature = "push")]
pub mod push;
pub mod textfile;

pub use exposition::encode_to_string;
pub use naming::Naming;
#[cfg(feature = "native-histograms")]
pub use tallymark_core::Native;
pub use tallymark_core::{
    Amount, Buckets, BucketsError, Counter, CounterHandle, Descriptor, Details, FloatCounter, Gauge,
    GaugeHandle, GaugeValue, Head, Histogram, HistogramHandle, HistogramPoint, HistogramValue, InFlightGuard,
    Info, IntGauge, Kind, LabelSet, LabelValue, Labels, Metric, Model, Number, OVERFLOW, Observe, Place,
    Position, Scope, State, StateHandle, StateSet, Summary, SummaryHandle, SummaryPoint, SummaryValue, Timer,
    ToNumber, UpDownCounter, UpDownHandle, Visitor, assert_delta, assert_metric, assert_no_delta,
    assert_value, bucket_layouts, buckets, encode, place, registry, require, snapshot, testing, visit,
};
#[doc(inline)]
pub use tallymark_derive::*;

#[doc(hidden)]
pub use tallymark_core::__private;

/// Compiles what the README shows.
#[cfg(all(doctest, feature = "axum", feature = "sqlx-sqlite"))]
#[doc = include_str!("../README.md")]
struct Readme;
