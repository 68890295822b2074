//! The layers for tower services.

mod bodies;
mod future;
mod handler;
mod layer;
mod metrics;
mod reply;
mod service;
mod state;

pub(crate) use self::state::{Amend, ExtraLabels, RouteBy, TemplateBy, Tower};
pub use self::{
    bodies::{CountedBodies, DeclaredBodies, RequestBodies, RouteTemplates},
    future::HttpResponseFuture,
    handler::{HandlerLayer, HandlerService},
    layer::HttpLayer,
    metrics::HttpMetrics,
    service::HttpService,
};
