//! HTTP requests, measured by a tower layer.

mod body;
mod builder;
mod core;
mod current;
mod error;
mod families;
mod head;
mod hyperdjango;
mod label;
mod observation;
mod record;
mod route;
mod tower;
mod transport;
mod working;

#[cfg(feature = "actix-web")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;

pub use self::{
    body::{RequestBody, ResponseBody},
    builder::Builder,
    error::BuildError,
    families::Family,
    head::{RequestHead, ResponseHead},
    label::{ErrorLabel, GrpcStatus, Method, TemplateName},
    tower::{
        Counted, Declared, HandlerFuture, HandlerLayer, HandlerService, HttpLayer, HttpMetrics, HttpService,
        RequestBodies, ResponseFuture,
    },
    transport::{Transport, TransportRule},
};

/// Settings of the layer, to be changed and then [built](Builder::build).
pub fn builder() -> Builder {
    Builder::default()
}
