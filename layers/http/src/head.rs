//! What a layer shows of a request and of a response to the closures of its builder.

use http::{Extensions, HeaderMap, Method, Request, Response, StatusCode, Uri, Version};

/// The head of a request: what is known before its body.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RequestHead<'a> {
    /// The method, whatever the client sent. As a label, use [`MethodLabel`](crate::MethodLabel).
    pub method: &'a Method,
    /// The target. It comes from the client: as a label it would have as many values as clients invent.
    pub uri: &'a Uri,
    /// The version of the protocol.
    pub version: Version,
    /// The header fields.
    pub headers: &'a HeaderMap,
    /// What the server and the layers outside this one attached.
    pub extensions: &'a Extensions,
}

impl<'a> RequestHead<'a> {
    /// Returns the head of a request.
    #[inline]
    pub fn of<B>(request: &'a Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            version: request.version(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }
}

/// The head of a response.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ResponseHead<'a> {
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: &'a HeaderMap,
    /// What the handler and the layers inside this one attached.
    pub extensions: &'a Extensions,
}

impl<'a> ResponseHead<'a> {
    /// Returns the head of a response.
    #[inline]
    pub fn of<B>(response: &'a Response<B>) -> Self {
        Self { status: response.status(), headers: response.headers(), extensions: response.extensions() }
    }
}
