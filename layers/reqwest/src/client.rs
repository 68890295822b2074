//! The client.

use reqwest::{Client, IntoUrl, Method, Request, Response};
use tallymark_http::{BuildError, ClientMetrics, RouteTemplate};

use crate::request::{InstrumentedRequest, execute};

/// A client of reqwest whose requests are measured. It can be cloned as reqwest's can, and has its methods.
#[derive(Clone, Debug)]
pub struct InstrumentedClient {
    client: Client,
    metrics: ClientMetrics,
}

impl InstrumentedClient {
    /// Returns a client whose requests are measured, in the families that the settings of all layers ask for.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn new(client: Client) -> Result<Self, BuildError> {
        Ok(Self::with(client, crate::builder().build()?))
    }

    /// Returns a client whose requests are measured in these families.
    ///
    /// ```
    /// use tallymark_reqwest::InstrumentedClient;
    ///
    /// # fn main() -> Result<(), tallymark_reqwest::BuildError> {
    /// let metrics = tallymark_reqwest::builder().namespace("shop").duration_buckets(&[0.1, 0.5, 2.5]).build()?;
    /// let client = InstrumentedClient::with(reqwest::Client::new(), metrics);
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with(client: Client, metrics: ClientMetrics) -> Self {
        Self { client, metrics }
    }

    /// Returns reqwest's client, whose requests are not measured.
    pub fn get_ref(&self) -> &Client {
        &self.client
    }

    /// Returns reqwest's client, whose requests are not measured.
    pub fn into_inner(self) -> Client {
        self.client
    }

    /// Begins a `GET` request.
    pub fn get<U: IntoUrl>(&self, url: U) -> InstrumentedRequest {
        self.request(Method::GET, url)
    }

    /// Begins a `POST` request.
    pub fn post<U: IntoUrl>(&self, url: U) -> InstrumentedRequest {
        self.request(Method::POST, url)
    }

    /// Begins a `PUT` request.
    pub fn put<U: IntoUrl>(&self, url: U) -> InstrumentedRequest {
        self.request(Method::PUT, url)
    }

    /// Begins a `PATCH` request.
    pub fn patch<U: IntoUrl>(&self, url: U) -> InstrumentedRequest {
        self.request(Method::PATCH, url)
    }

    /// Begins a `DELETE` request.
    pub fn delete<U: IntoUrl>(&self, url: U) -> InstrumentedRequest {
        self.request(Method::DELETE, url)
    }

    /// Begins a `HEAD` request.
    pub fn head<U: IntoUrl>(&self, url: U) -> InstrumentedRequest {
        self.request(Method::HEAD, url)
    }

    /// Begins a request with this method. An invalid URL is an error of
    /// [`send`](InstrumentedRequest::send).
    pub fn request<U: IntoUrl>(&self, method: Method, url: U) -> InstrumentedRequest {
        InstrumentedRequest::new(self.client.request(method, url), self.metrics)
    }

    /// Sends a request, under the route `unmatched`.
    ///
    /// # Errors
    ///
    /// Those of [`reqwest::Client::execute`].
    pub async fn execute(&self, request: Request) -> Result<Response, reqwest::Error> {
        execute(&self.client, self.metrics, request, None).await
    }

    /// Sends a request under this route, as [`InstrumentedRequest::route`] does.
    ///
    /// # Errors
    ///
    /// Those of [`reqwest::Client::execute`].
    pub async fn execute_route(
        &self,
        request: Request,
        template: &'static str,
    ) -> Result<Response, reqwest::Error> {
        execute(&self.client, self.metrics, request, Some(RouteTemplate(template))).await
    }
}
