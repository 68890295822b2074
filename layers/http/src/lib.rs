//! page

// Handles go from a table to an addition in a few instructions, and what is moved on the way is not to be moved through a
// call: the compiler's own guess was measured to be slower.
#![allow(clippy::inline_always)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod adapter;
mod body;
mod builder;
mod current;
mod error;
mod families;
mod foreign;
mod head;
mod hyperdjango;
mod label;
mod observation;
mod record;
mod route;
mod state;
mod tower;
mod transport;
mod work;

pub use self::{
    body::{RequestBody, ResponseBody},
    builder::Builder,
    error::BuildError,
    families::HttpFamily,
    head::{RequestHead, ResponseHead},
    label::{ErrorLabel, GrpcStatus, MethodLabel, TemplateName, Transport},
    route::PathFault,
    tower::{
        CountedBodies, DeclaredBodies, HandlerLayer, HandlerService, HttpLayer, HttpMetrics,
        HttpResponseFuture, HttpService, RequestBodies, RouteTemplates,
    },
    transport::TransportRule,
    work::HandlerFuture,
};

/// What packages for frameworks need. Not covered by any promise of stability.
#[doc(hidden)]
pub mod __adapter {
    pub use crate::adapter::*;
}

/// Returns settings of the layer, to be changed and then [built](Builder::build).
pub fn builder() -> Builder {
    Builder::default()
}
