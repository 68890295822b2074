//! The families of clients, declared.

use std::fmt;

use http::Method;

use super::{layer::ClientLayer, request::ClientRequest, route::RouteTemplate};
use crate::families::ClientFamilies;

/// The families of the requests that a program sends, declared. Made by
/// [`ClientBuilder::build`](crate::ClientBuilder::build); what measures is its [`layer`](ClientMetrics::layer), or
/// [`start`](ClientMetrics::start) for clients that are no tower services.
///
/// It is a reference to something that lives as long as the program, so it can be copied freely.
#[derive(Clone, Copy)]
pub struct ClientMetrics(Option<&'static ClientFamilies>);

impl ClientMetrics {
    pub(super) fn new(families: Option<ClientFamilies>) -> Self {
        Self(families.map(|families| &*Box::leak(Box::new(families))))
    }

    /// Returns the layer that measures requests of a client that is a tower service.
    ///
    /// What is within the layer belongs to a request. Around a layer that tries again it counts a request once; within that
    /// layer, each attempt.
    pub fn layer(&self) -> ClientLayer {
        ClientLayer::new(self.0)
    }

    /// Begins a request, now, for a client that is no tower service.
    ///
    /// `host` is the name or address without a port, and `unknown` if it is empty; without a template the route is
    /// `unmatched`.
    ///
    /// ```
    /// use http::{Method, StatusCode};
    /// use tallymark_http::{ErrorLabel, RouteTemplate};
    ///
    /// # fn send() -> std::io::Result<u16> { Ok(200) }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let metrics = tallymark_http::client_builder().namespace("by_hand").build()?;
    /// let request = metrics.start(&Method::GET, "stock.example", Some(RouteTemplate("/items/{id}")));
    /// match send() {
    ///     Ok(status) => request.end(Ok(StatusCode::from_u16(status)?)),
    ///     Err(_) => request.end(Err(ErrorLabel::named("connect"))),
    /// }
    ///
    /// let labels = [("method", "GET"), ("host", "stock.example"), ("route", "/items/{id}"), ("status", "200")];
    /// let snapshot = tallymark::registry::snapshot();
    /// assert_eq!(snapshot.counter("by_hand_http_client_requests_total", &labels), Some(1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn start(&self, method: &Method, host: &str, route: Option<RouteTemplate>) -> ClientRequest {
        ClientRequest::begin(self.0, method.into(), host, route)
    }
}

impl fmt::Debug for ClientMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientMetrics").field("enabled", &self.0.is_some()).finish()
    }
}
