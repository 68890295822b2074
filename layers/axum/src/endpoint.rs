//! The endpoint of the metrics, behind axum's server.

use std::{
    convert::Infallible,
    net::SocketAddr,
    task::{Context, Poll},
};

use axum::extract::ConnectInfo;
use http::{Request, Response};
use tallymark_exporter::{Body, MetricsService, ResponseFuture};
use tower_service::Service;

/// A [`MetricsService`] that learns the peer's address from what axum attaches:
/// `into_make_service_with_connect_info::<SocketAddr>()`.
#[derive(Clone, Debug)]
pub(crate) struct AxumEndpoint(pub(crate) MetricsService);

impl<B> Service<Request<B>> for AxumEndpoint {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request<B>>::poll_ready(&mut self.0, context)
    }

    fn call(&mut self, mut request: Request<B>) -> ResponseFuture {
        if let Some(&ConnectInfo(address)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
            request.extensions_mut().insert(address);
        }
        self.0.call(request)
    }
}
