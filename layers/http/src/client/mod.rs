//! Requests that the program sends.

mod builder;
mod error;
mod layer;
mod measured;
mod metrics;
mod request;
mod route;

pub use self::{
    builder::ClientBuilder,
    error::{ErrorKind, ServiceError},
    layer::{ClientFuture, ClientLayer, ClientService},
    measured::Measured,
    metrics::ClientMetrics,
    request::ClientRequest,
    route::RouteTemplate,
};
