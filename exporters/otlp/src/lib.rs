//! x
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod client;
mod compression;
mod control;
mod environment;
mod error;
mod exponential;
mod exporter;
mod guard;
mod history;
mod meters;
mod origin;
mod payload;
mod point;
mod resource;
mod response;
mod retry;
#[cfg(feature = "tls")]
mod tls;
mod unit;

pub use self::{
    builder::OtlpBuilder,
    compression::Compression,
    error::{BuildError, ExportError},
    exporter::{Exported, OtlpExporter},
    guard::OtlpGuard,
    history::Temporality,
    payload::HistogramAggregation,
};

/// Settings of an exporter: to be changed, then [built](OtlpBuilder::build) and [started](OtlpExporter::start).
pub fn builder() -> OtlpBuilder {
    OtlpBuilder::default()
}
