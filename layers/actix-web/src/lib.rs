//! page

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod endpoint;
mod handler;
mod metrics;
mod middleware;
mod payload;
mod recent;
mod shared;

pub use self::{
    body::ActixBody,
    endpoint::endpoint,
    handler::{ActixHandlerFuture, ActixHandlerMiddleware, ActixHandlerService},
    metrics::ActixMetrics,
    middleware::{ActixMiddleware, ActixResponseFuture, ActixService},
};
pub use tallymark_exporter as exporter;
pub use tallymark_http::{
    BuildError, Builder, ErrorLabel, HttpFamily, MethodLabel, TemplateName, Transport, TransportRule, builder,
};
