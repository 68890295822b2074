//! The layer around clients that are tower services.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use http::{Request, Response, header, uri::Authority};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::{
    error::{ErrorKind, ServiceError},
    request::ClientRequest,
    route::RouteTemplate,
};
use crate::{families::ClientFamilies, label::ErrorLabel};

/// Measures the requests that a client sends, if it is a tower service. Made by
/// [`ClientMetrics::layer`](crate::ClientMetrics::layer).
///
/// Requests and responses pass unchanged. The host is that of the target or else of the field `Host`; the route is the
/// [`RouteTemplate`] in the extensions of the request.
#[derive(Clone, Copy)]
pub struct ClientLayer<K = ServiceError> {
    families: Option<&'static ClientFamilies>,
    kinds: K,
}

impl ClientLayer {
    pub(super) fn new(families: Option<&'static ClientFamilies>) -> Self {
        Self { families, kinds: ServiceError }
    }
}

impl<K> ClientLayer<K> {
    /// Sets how errors of the client are called in the label `error`; all are `service` if not set.
    ///
    /// ```
    /// use std::io::{Error, ErrorKind};
    /// use tallymark_http::ErrorLabel;
    ///
    /// # fn main() -> Result<(), tallymark_http::BuildError> {
    /// let metrics = tallymark_http::client_builder().namespace("kinds").build()?;
    /// let layer = metrics.layer().error_by(|error: &Error| match error.kind() {
    ///     ErrorKind::TimedOut => ErrorLabel::named("timeout"),
    ///     ErrorKind::ConnectionRefused => ErrorLabel::named("connect"),
    ///     _ => ErrorLabel::named("service"),
    /// });
    /// # let _ = layer;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn error_by<E, F: Fn(&E) -> ErrorLabel + Clone>(self, kind: F) -> ClientLayer<F> {
        ClientLayer { families: self.families, kinds: kind }
    }
}

impl<K> fmt::Debug for ClientLayer<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientLayer").field("enabled", &self.families.is_some()).finish_non_exhaustive()
    }
}

impl<S, K: Clone> Layer<S> for ClientLayer<K> {
    type Service = ClientService<S, K>;

    fn layer(&self, inner: S) -> ClientService<S, K> {
        ClientService { inner, layer: self.clone() }
    }
}

/// Measures the requests that the client within sends. Made by [`ClientLayer`].
#[derive(Clone)]
pub struct ClientService<S, K = ServiceError> {
    inner: S,
    layer: ClientLayer<K>,
}

impl<S, K> ClientService<S, K> {
    /// Returns the client within.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }
}

impl<S: fmt::Debug, K> fmt::Debug for ClientService<S, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S, K, B, R> Service<Request<B>> for ClientService<S, K>
where
    S: Service<Request<B>, Response = Response<R>>,
    K: ErrorKind<S::Error> + Clone,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ClientFuture<S::Future, K>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let families = self.layer.families;
        let route = request.extensions().get::<RouteTemplate>().copied();
        let mut sent =
            with_host(&request, |host| ClientRequest::begin(families, request.method().into(), host, route));
        let future = sent.run(|| self.inner.call(request));
        ClientFuture { future, request: sent, kinds: self.layer.kinds.clone() }
    }
}

pin_project! {
    /// The response of a [`ClientService`]. Dropped before it is ready, the request was cancelled.
    #[must_use = "futures do nothing unless polled"]
    pub struct ClientFuture<F, K = ServiceError> {
        #[pin]
        future: F,
        request: ClientRequest,
        kinds: K,
    }
}

impl<F, K, R, E> Future for ClientFuture<F, K>
where
    F: Future<Output = Result<Response<R>, E>>,
    K: ErrorKind<E>,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let kinds = &*this.kinds;
        this.request.poll(this.future, context, |output| match output {
            Ok(response) => Ok(response.status()),
            Err(error) => Err(kinds.kind(error)),
        })
    }
}

impl<F, K> fmt::Debug for ClientFuture<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientFuture").field("request", &self.request).finish_non_exhaustive()
    }
}

/// Calls `f` with the host that a request is sent to, without the port; with an empty one if it names none.
fn with_host<B, T>(request: &Request<B>, f: impl FnOnce(&str) -> T) -> T {
    if let Some(host) = request.uri().host() {
        return f(host);
    }
    // A connection that was chosen before gets requests for a path only.
    let field = request.headers().get(header::HOST);
    let authority = field.and_then(|field| Authority::try_from(field.as_bytes()).ok());
    f(authority.as_ref().map_or("", Authority::host))
}
