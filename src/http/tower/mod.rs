//! The layers for tower services.

mod arrival;
mod future;
mod handler;
mod layer;
mod mode;
mod reply;
mod service;

pub use self::{
    future::ResponseFuture,
    handler::{HandlerFuture, HandlerLayer, HandlerService},
    layer::{HttpLayer, HttpMetrics},
    mode::{Counted, Declared, RequestBodies},
    service::HttpService,
};
pub(super) use self::layer::Tower;
