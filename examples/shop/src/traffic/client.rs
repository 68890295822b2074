//! One connection to the shop.

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, StatusCode,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header::{AUTHORIZATION, CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{fmt, io, net::SocketAddr};
use tokio::net::TcpStream;

/// The shop's responses are far shorter.
const LONGEST_ANSWER: usize = 1 << 20;

/// Why the customers could not go on.
#[derive(Debug)]
pub enum ClientError {
    /// The address is on another machine.
    Elsewhere(SocketAddr),
    /// There was no connection.
    Connect(io::Error),
    /// The connection broke, or what came over it was no HTTP.
    Http(Box<dyn std::error::Error + Send + Sync>),
    /// The shop did not answer in time.
    Silent,
    /// The shop could not do what it was asked.
    Failed(StatusCode),
    /// The shop answered what it never should.
    Unexpected(String),
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elsewhere(address) => {
                write!(f, "customers only go to a shop on this machine, not to {address}")
            }
            Self::Connect(error) => write!(f, "no connection: {error}"),
            Self::Http(error) => write!(f, "the connection broke: {error}"),
            Self::Silent => f.write_str("the shop does not answer"),
            Self::Failed(status) => write!(f, "the shop failed with {status}"),
            Self::Unexpected(what) => write!(f, "unexpected answer: {what}"),
        }
    }
}

impl std::error::Error for ClientError {}

/// A response: its status, and the body if it was JSON.
pub(crate) type Answer = (StatusCode, Value);

/// A connection that is kept open.
pub(crate) struct Client {
    connection: SendRequest<Full<Bytes>>,
    host: String,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, ClientError> {
        let stream = TcpStream::connect(address).await.map_err(ClientError::Connect)?;
        let (connection, driver) =
            handshake(TokioIo::new(stream)).await.map_err(|error| ClientError::Http(error.into()))?;
        // What goes wrong on the connection comes back from `send`.
        tokio::spawn(driver);
        Ok(Self { connection, host: address.to_string() })
    }

    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Result<Answer, ClientError> {
        let broken = |error: hyper::Error| ClientError::Http(error.into());
        let mut request = Request::builder().method(method).uri(path).header(HOST, &self.host);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let mut bytes = Bytes::new();
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json");
            bytes = Bytes::from(body.to_string());
        }
        let request = request.body(Full::new(bytes)).map_err(|error| ClientError::Http(error.into()))?;
        self.connection.ready().await.map_err(broken)?;
        let response = self.connection.send_request(request).await.map_err(broken)?;
        let status = response.status();
        let body =
            Limited::new(response.into_body(), LONGEST_ANSWER).collect().await.map_err(ClientError::Http)?;
        Ok((status, serde_json::from_slice(&body.to_bytes()).unwrap_or(Value::Null)))
    }
}
