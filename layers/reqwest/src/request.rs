//! A request that is being made.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Version};
use reqwest::{Body, Client, Request, RequestBuilder, Response};
use tallymark_http::{ClientMetrics, RouteTemplate};

use crate::error;

/// A request that is being made, and will be measured. Made by the methods of
/// [`InstrumentedClient`](crate::InstrumentedClient); its own are those of [`reqwest::RequestBuilder`].
#[derive(Debug)]
#[must_use = "nothing is sent before `send` is called"]
pub struct InstrumentedRequest {
    builder: RequestBuilder,
    metrics: ClientMetrics,
    route: Option<RouteTemplate>,
}

impl InstrumentedRequest {
    pub(crate) fn new(builder: RequestBuilder, metrics: ClientMetrics) -> Self {
        Self { builder, metrics, route: None }
    }

    /// Sets the template of the route that the request is sent to, such as `/items/{id}`: the label `route`. It is
    /// `unmatched` if not set.
    pub fn route(mut self, template: &'static str) -> Self {
        self.route = Some(RouteTemplate(template));
        self
    }

    /// Changes the request by what reqwest's builder has and this one has not.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = tallymark_reqwest::InstrumentedClient::new(reqwest::Client::new())?;
    /// let request = client.get("http://stock.example/").map(|builder| builder.bearer_auth("secret"));
    /// # assert!(request.build()?.headers().contains_key("authorization"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn map(mut self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        self.builder = change(self.builder);
        self
    }

    /// Adds a header.
    pub fn header<K, V>(self, key: K, value: V) -> Self
    where
        HeaderName: TryFrom<K>,
        <HeaderName as TryFrom<K>>::Error: Into<http::Error>,
        HeaderValue: TryFrom<V>,
        <HeaderValue as TryFrom<V>>::Error: Into<http::Error>,
    {
        self.map(|builder| builder.header(key, value))
    }

    /// Sets these headers, in the place of those of their names.
    pub fn headers(self, headers: HeaderMap) -> Self {
        self.map(|builder| builder.headers(headers))
    }

    /// Adds a name and a password.
    pub fn basic_auth<U: std::fmt::Display, P: std::fmt::Display>(
        self,
        username: U,
        password: Option<P>,
    ) -> Self {
        self.map(|builder| builder.basic_auth(username, password))
    }

    /// Adds a token.
    pub fn bearer_auth<T: std::fmt::Display>(self, token: T) -> Self {
        self.map(|builder| builder.bearer_auth(token))
    }

    /// Sets the body.
    pub fn body<T: Into<Body>>(self, body: T) -> Self {
        self.map(|builder| builder.body(body))
    }

    /// Sets the time that the request may take, to the end of the response's body.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.map(|builder| builder.timeout(timeout))
    }

    /// Sets the version of HTTP.
    pub fn version(self, version: Version) -> Self {
        self.map(|builder| builder.version(version))
    }

    /// Sends a form as the body.
    #[cfg(feature = "form")]
    #[cfg_attr(docsrs, doc(cfg(feature = "form")))]
    pub fn form<T: serde::Serialize + ?Sized>(self, form: &T) -> Self {
        self.map(|builder| builder.form(form))
    }

    /// Sends JSON as the body.
    #[cfg(feature = "json")]
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn json<T: serde::Serialize + ?Sized>(self, json: &T) -> Self {
        self.map(|builder| builder.json(json))
    }

    /// Adds to the query of the address.
    #[cfg(feature = "query")]
    #[cfg_attr(docsrs, doc(cfg(feature = "query")))]
    pub fn query<T: serde::Serialize + ?Sized>(self, query: &T) -> Self {
        self.map(|builder| builder.query(query))
    }

    /// Sends a form of several parts as the body.
    #[cfg(feature = "multipart")]
    #[cfg_attr(docsrs, doc(cfg(feature = "multipart")))]
    pub fn multipart(self, multipart: reqwest::multipart::Form) -> Self {
        self.map(|builder| builder.multipart(multipart))
    }

    /// Returns a copy, unless the body is a stream.
    pub fn try_clone(&self) -> Option<Self> {
        let &Self { ref builder, metrics, route } = self;
        builder.try_clone().map(|builder| Self { builder, metrics, route })
    }

    /// Returns the request, to be sent by [`execute_route`](crate::InstrumentedClient::execute_route).
    ///
    /// # Errors
    ///
    /// Those of [`reqwest::RequestBuilder::build`].
    pub fn build(self) -> Result<Request, reqwest::Error> {
        self.builder.build()
    }

    /// Sends the request. Dropped before there is a response, it was cancelled.
    ///
    /// # Errors
    ///
    /// Those of [`reqwest::RequestBuilder::send`].
    pub async fn send(self) -> Result<Response, reqwest::Error> {
        let (client, request) = self.builder.build_split();
        execute(&client, self.metrics, request?, self.route).await
    }
}

/// Sends a request and measures it.
pub(crate) async fn execute(
    client: &Client,
    metrics: ClientMetrics,
    request: Request,
    route: Option<RouteTemplate>,
) -> Result<Response, reqwest::Error> {
    let sent = metrics.start(request.method(), request.url().host_str().unwrap_or_default(), route);
    let outcome = |response: &Result<Response, reqwest::Error>| match response {
        Ok(response) => Ok(response.status()),
        Err(failed) => Err(error::kind(failed)),
    };
    sent.measure(client.execute(request), outcome).await
}
