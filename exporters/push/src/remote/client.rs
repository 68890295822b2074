//! One request after the other, over one connection as long as it holds.

use std::{io, time::Duration};

use http::{
    HeaderMap, HeaderValue, Method, Request,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HOST, USER_AGENT},
};
use hyper::client::conn::http1::{self, SendRequest};
use tokio::{runtime, time::timeout};

use super::{payload::Body, response::Response, version::Version};
use crate::{
    body::Whole,
    connect::{Connector, connect},
    error::PushError,
    exchange::AGENT,
    message::message,
    target::Target,
};

/// Where requests go, and what they all have in common.
pub(super) struct Receiver {
    pub(super) target: Target,
    /// Credentials and what else the user wants to be there.
    pub(super) headers: HeaderMap,
    pub(super) connector: Option<Connector>,
    /// How long a request may take.
    pub(super) timeout: Duration,
}

/// Sends requests, each within a call that blocks.
pub(super) struct Client<'a> {
    receiver: &'a Receiver,
    runtime: runtime::Runtime,
    connection: Option<SendRequest<Whole>>,
}

impl<'a> Client<'a> {
    pub(super) fn new(receiver: &'a Receiver) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        Ok(Self { receiver, runtime, connection: None })
    }

    /// Sends a request, for at most `remaining`.
    pub(super) fn send(
        &mut self,
        body: &Body,
        version: Version,
        remaining: Duration,
    ) -> Result<Response, PushError> {
        let (receiver, connection) = (self.receiver, &mut self.connection);
        let after = receiver.timeout.min(remaining);
        let result = self.runtime.block_on(async move {
            match timeout(after, exchange(receiver, connection, body, version)).await {
                Ok(result) => result,
                Err(_) => Err(PushError::Timeout { url: receiver.target.shown(), after }),
            }
        });
        if result.is_err() {
            self.connection = None;
        }
        result
    }
}

async fn exchange(
    receiver: &Receiver,
    connection: &mut Option<SendRequest<Whole>>,
    body: &Body,
    version: Version,
) -> Result<Response, PushError> {
    if let Some(mut sender) = connection.take() {
        // A server may have closed it at any time, and the request would have been lost on its way there.
        if sender.ready().await.is_ok() {
            if let Ok(response) = request(receiver, &mut sender, body, version).await {
                *connection = Some(sender);
                return Ok(response);
            }
        }
    }
    let stream = connect(receiver.connector.as_ref(), &receiver.target).await?;
    let (mut sender, driver) =
        http1::handshake(stream).await.map_err(|error| failed(&receiver.target, error.into()))?;
    // It makes progress as long as somebody waits for a response.
    tokio::spawn(driver);
    let response = request(receiver, &mut sender, body, version).await?;
    *connection = Some(sender);
    Ok(response)
}

fn failed(target: &Target, source: Box<dyn std::error::Error + Send + Sync>) -> PushError {
    PushError::Http { url: target.shown(), source }
}

async fn request(
    receiver: &Receiver,
    sender: &mut SendRequest<Whole>,
    body: &Body,
    version: Version,
) -> Result<Response, PushError> {
    let target = &receiver.target;
    let (content_type, number) = match version {
        Version::V2 => ("application/x-protobuf;proto=io.prometheus.write.v2.Request", "2.0.0"),
        Version::V1 => ("application/x-protobuf", "0.1.0"),
    };
    let mut request = Request::new(Whole(body.bytes.clone()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() =
        target.path().parse().map_err(|error: http::uri::InvalidUri| failed(target, error.into()))?;
    let headers = request.headers_mut();
    headers.clone_from(&receiver.headers);
    let host = HeaderValue::from_str(target.authority()).map_err(|error| failed(target, error.into()))?;
    headers.insert(HOST, host);
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("snappy"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert("x-prometheus-remote-write-version", HeaderValue::from_static(number));
    let response = sender.send_request(request).await.map_err(|error| failed(target, error.into()))?;
    let (head, body) = response.into_parts();
    // The body of a success has no meaning yet, and is read to its end only for the next request over this connection.
    let message = message(body).await;
    Ok(Response::new(head.status.as_u16(), &head.headers, message))
}
