//! One request and what comes back.

use crate::{
    error::ExportError,
    payload::Payload,
    response::{self, Accepted},
    retry,
};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use ureq::{
    Agent,
    http::{HeaderMap, HeaderValue, Uri, header},
};

/// The longest response that is read. What a receiver has to say is shorter.
const MOST_RESPONSE: u64 = 64 * 1024;

/// Sends requests to one receiver.
pub(crate) struct Client {
    agent: Agent,
    endpoint: Uri,
    headers: HeaderMap,
    /// The longest time that one request may take.
    timeout: Duration,
}

/// Why a request failed, and whether it may be sent again.
pub(crate) struct Failure {
    pub(crate) retryable: bool,
    /// How long the receiver asks to be left alone.
    pub(crate) after: Option<Duration>,
    pub(crate) error: ExportError,
}

impl Client {
    /// `headers` are those of each request, `Content-Type` and `Content-Encoding` included.
    pub(crate) fn new(agent: Agent, endpoint: Uri, headers: HeaderMap, timeout: Duration) -> Self {
        Self { agent, endpoint, headers, timeout }
    }

    /// Sends a request, for at most `remaining`.
    pub(crate) fn send(&self, payload: &Payload, remaining: Duration) -> Result<Accepted, Failure> {
        let timeout = self.timeout.min(remaining);
        let mut request = self.agent.post(&self.endpoint).config().timeout_global(Some(timeout)).build();
        if let Some(headers) = request.headers_mut() {
            headers.clone_from(&self.headers);
        }
        let mut response = request.send(payload.body.as_slice()).map_err(|error| self.unreachable(error))?;
        let status = response.status();
        let text = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let after = text(header::RETRY_AFTER).and_then(|after| retry::retry_after(after, SystemTime::now()));
        let is_protobuf =
            text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/x-protobuf"));
        // With its status and headers the receiver has said whether it took the request. If the rest is missing, sending
        // the request again would count its points twice.
        let body = response.body_mut().with_config().limit(MOST_RESPONSE).read_to_vec().unwrap_or_default();
        if status.is_success() {
            return Ok(if is_protobuf { Accepted::read(&body) } else { Accepted::default() });
        }
        let (endpoint, status) = (self.shown(), status.as_u16());
        let message = response::message(&body, is_protobuf);
        let retryable = retry::is_retryable(status);
        let error = if retryable {
            ExportError::Unavailable { endpoint, status, message }
        } else {
            ExportError::Refused { endpoint, status, message }
        };
        Err(Failure { retryable, after, error })
    }

    fn unreachable(&self, error: ureq::Error) -> Failure {
        let error = ExportError::Unreachable { endpoint: self.shown(), source: Arc::new(error) };
        Failure { retryable: true, after: None, error }
    }

    /// The endpoint without what may be secret: credentials and query.
    fn shown(&self) -> String {
        shown(&self.endpoint)
    }
}

/// An endpoint without what may be secret: credentials and query.
pub(crate) fn shown(endpoint: &Uri) -> String {
    let scheme = endpoint.scheme_str().unwrap_or("http");
    let host = endpoint.host().unwrap_or_default();
    let port = endpoint.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{host}{port}{}", endpoint.path())
}
