//! How do a program's metrics get to a collector of OpenTelemetry, with the same values that a scrape of `/metrics` shows?
//!
//! They are sent over OTLP 1 (HTTP with protobuf) at intervals, by a thread of its own, and a last time when the program
//! ends. Nothing else of OpenTelemetry is needed, no async runtime either, and nothing changes in the code that counts.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-otlp = "0.1"
//! ```
//!
//! ```rust
//! use std::time::Duration;
//! use tallymark::{Counter, metric};
//!
//! /// Orders created.
//! #[metric]
//! static ORDERS_CREATED_TOTAL: Counter = Counter::new();
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     // To http://localhost:4318/v1/metrics, unless the environment says otherwise.
//!     let otlp = tallymark_otlp::builder()
//!         .service_name("shop")
//!         .shutdown_timeout(Duration::from_secs(2))
//!         .build()?
//!         .start()?;
//!     ORDERS_CREATED_TOTAL.inc();
//!     assert_eq!(tallymark::registry::snapshot().counter("orders_created_total", &[]), Some(1));
//!     // Dropping it does the same, and does not say how it went.
//!     match otlp.shutdown() {
//!         Ok(exported) => println!("{} points exported", exported.points),
//!         Err(error) => eprintln!("the last metrics were not exported: {error}"),
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Most programs keep the guard in `main` under a name such as `_otlp`. A job without a thread for it calls
//! [`OtlpExporter::export`] when it has something to say.
//!
//! # Environment
//!
//! What [`OtlpBuilder`] is not told it takes from the variables that operators know. Those with `METRICS_` in their names go
//! before those without.
//!
//! | variable | setting |
//! |---|---|
//! | `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` | [`endpoint`](OtlpBuilder::endpoint); the former gets `/v1/metrics` behind it |
//! | `OTEL_EXPORTER_OTLP_[METRICS_]HEADERS` | [`header`](OtlpBuilder::header), as `name=value,name=value` |
//! | `OTEL_EXPORTER_OTLP_[METRICS_]TIMEOUT` | [`timeout`](OtlpBuilder::timeout) of one request, in milliseconds |
//! | `OTEL_EXPORTER_OTLP_[METRICS_]COMPRESSION` | [`compression`](OtlpBuilder::compression): `gzip` or `none` |
//! | `OTEL_EXPORTER_OTLP_[METRICS_]PROTOCOL` | `http/protobuf`; anything else is an error |
//! | `OTEL_EXPORTER_OTLP_[METRICS_]CERTIFICATE`, `…CLIENT_CERTIFICATE`, `…CLIENT_KEY` | PEM files, with the feature `tls` |
//! | `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` | [`temporality`](OtlpBuilder::temporality): `cumulative`, `delta` or `lowmemory` |
//! | `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION` | [`histogram_aggregation`](OtlpBuilder::histogram_aggregation) |
//! | `OTEL_METRIC_EXPORT_INTERVAL`, `OTEL_METRIC_EXPORT_TIMEOUT` | [`interval`](OtlpBuilder::interval) and [`export_timeout`](OtlpBuilder::export_timeout), in milliseconds |
//! | `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` | [`service_name`](OtlpBuilder::service_name) and [`attribute`](OtlpBuilder::attribute) |
//! | `OTEL_SDK_DISABLED=true`, `OTEL_METRICS_EXPORTER=none` | nothing is sent |
//!
//! The resource also has `telemetry.sdk.*`, and a random `service.instance.id` unless it is given one: two processes of a service
//! would write over each other's series otherwise.
//!
//! Source: OpenTelemetry specification, "OpenTelemetry Protocol Exporter" and "Environment Variable Specification".
//!
//! # What becomes of a metric
//!
//! Names, help texts and labels stay what they are in a scrape, `_total` included, as the specification's "Prometheus and
//! OpenMetrics Compatibility" demands. Units are written in UCUM: `s`, `By`, `1` for ratios, `{orders}` for what is no unit.
//!
//! | metric | point |
//! |---|---|
//! | `Counter` | `Sum`, monotonic; an integer unless it counts fractions |
//! | `UpDownCounter` | `Sum`, not monotonic, always cumulative |
//! | `Gauge`, a value of unknown kind | `Gauge` |
//! | `Histogram` | `Histogram` with its bounds |
//! | `Histogram` with native buckets | `ExponentialHistogram` of the same resolution and counts |
//! | `Summary` | `Summary` |
//! | `Info`, `StateSet` | `Gauge`: 1; for each state 1 or 0 |
//!
//! Points say since when they count: since the series was created where that is known (see
//! `tallymark::registry::Config::created_timestamps`), else since the process began, or the last export that a new or restarted
//! series was not part of. Exemplars are sent along, with trace and span in the fields that are there for them.
//!
//! # When the receiver fails
//!
//! Requests that got no response, or the status 429, 502, 503 or 504, are sent again after a pause that doubles, with some
//! chance in it, or as long as `Retry-After` says, until [the time for an export](OtlpBuilder::export_timeout) is over. Other
//! statuses are final, as is a response that says yes and then breaks off. Points that a receiver rejects while it accepts the
//! rest are not sent again.
//!
//! Cumulative points of a failed export are part of the next. Deltas wait: the same request, to the last bit, goes before the next
//! one, and what is counted meanwhile adds up and comes after it. So none is lost, and a receiver that took a request
//! whose response was lost sees the same window of time twice. After an hour they are dropped.
//!
//! At most one export is in memory, and one thread waits for the network. Nothing that counts ever waits for it.
//!
//! # Metrics about exports
//!
//! | family | |
//! |---|---|
//! | `tallymark_otlp_exports_total{result}` | exports: `success`, `partial` (some points were rejected) or `failure` |
//! | `tallymark_otlp_export_duration_seconds` | how long they took |
//! | `tallymark_otlp_requests_total{result}` | requests: `accepted`, `unreachable`, `unavailable` or `refused` |
//! | `tallymark_otlp_points_total` | points that were accepted |
//! | `tallymark_otlp_dropped_points_total{reason}` | points that were not: `rejected`, `refused`, `unreachable`, `unavailable` or `expired` |
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | `gzip` (on by default) | compressed requests |
//! | `tls` | endpoints that begin with `https://`, by rustls with the system's certificates |
//!
//! # Errors
//!
//! [`BuildError`] says which setting or variable cannot be used, and what to write instead; an operator's mistake is an error
//! and not a warning that nobody sees. [`ExportError`] says who failed, with what status and message. Neither repeats
//! headers, credentials or queries.
//!
//! # Limits
//!
//! - No gRPC, whose client needs tokio and HTTP/2, and no JSON. A collector receives HTTP on port 4318.
//! - `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=lowmemory` is the same as `delta`: which counters are read only when they
//!   are asked for cannot be seen from outside.
//! - A histogram with native buckets and bounds is sent with one of them: native, unless [told otherwise](HistogramAggregation).
//!   One whose buckets lie more than 1,024 apart is sent at half the resolution, or half of that.
//! - Gauge histograms are not sent: OTLP has no such kind.
//! - There is no smallest and no largest value in histograms, which nothing here keeps.
//! - Where differences are sent, what a series counted between the last export and its removal is not.
//! - `std::process::exit` and signals that end a program drop no guard: call [`OtlpGuard::shutdown`] before.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod client;
mod compression;
mod control;
mod environment;
mod error;
mod exponential;
mod exported;
mod exporter;
mod guard;
mod history;
mod meters;
mod origin;
mod pause;
mod payload;
mod point;
mod resource;
mod response;
mod retry;
mod sender;
mod timing;
#[cfg(feature = "tls")]
mod tls;
mod unit;
#[cfg(not(feature = "tls"))]
mod without;

pub use self::{
    builder::OtlpBuilder,
    compression::Compression,
    error::{BuildError, ExportError},
    exported::Exported,
    exporter::OtlpExporter,
    guard::OtlpGuard,
    history::Temporality,
    payload::HistogramAggregation,
};

/// Settings of an exporter: to be changed, then [built](OtlpBuilder::build) and [started](OtlpExporter::start).
pub fn builder() -> OtlpBuilder {
    OtlpBuilder::default()
}
