//! page

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bodies;
mod endpoint;
mod install;

pub use self::{
    bodies::{AxumRequests, builder, handler_layer, layer},
    install::{Install, RouterExt},
};
pub use tallymark_exporter as exporter;
pub use tallymark_http::{
    BuildError, Builder, ErrorLabel, HandlerLayer, HttpFamily, HttpLayer, HttpMetrics, MethodLabel,
    RequestHead, ResponseHead, TemplateName, Transport, TransportRule,
};
