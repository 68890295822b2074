//! The layers for tower services.

mod arrival;
mod future;
mod handler;
mod layer;
mod mode;
mod reply;
mod service;

pub(super) use self::layer::{Amend, Own, RouteBy, Tower};
#[cfg(feature = "axum")]
pub(super) use self::mode::sealed;
#[cfg(feature = "actix-web")]
pub(super) use self::reply::charset_of;
pub use self::{
    future::ResponseFuture,
    handler::{HandlerLayer, HandlerService},
    layer::{HttpLayer, HttpMetrics},
    mode::{Counted, Declared, RequestBodies},
    service::HttpService,
};
