//! Connections, encrypted or not.

use std::io;

use tokio::net::TcpStream;

use super::{error::PushError, stream::Stream, target::Target};

/// What encrypts connections; nothing does without the feature `tls`.
#[cfg(feature = "tls")]
pub(super) type Connector = tokio_rustls::TlsConnector;
#[cfg(not(feature = "tls"))]
pub(super) type Connector = std::convert::Infallible;

/// Connects to the server of a URL.
pub(super) async fn connect(connector: Option<&Connector>, target: &Target) -> Result<Stream, PushError> {
    let tcp = TcpStream::connect((target.host(), target.port()))
        .await
        .map_err(|source| PushError::Connect { url: target.shown(), source })?;
    // The end of the request is not to wait for the acknowledgement of its beginning.
    let _ = tcp.set_nodelay(true);
    if !target.https() {
        return Ok(Stream(Box::new(tcp)));
    }
    encrypt(connector, target, tcp).await.map_err(|source| PushError::Tls { url: target.shown(), source })
}

#[cfg(feature = "tls")]
async fn encrypt(connector: Option<&Connector>, target: &Target, tcp: TcpStream) -> io::Result<Stream> {
    match connector {
        Some(connector) => {
            let stream = super::tls::encrypt(connector, target.host(), tcp).await?;
            Ok(Stream(Box::new(stream)))
        }
        None => Err(io::Error::other("no certificates were read, for the gateway's own URL is http")),
    }
}

#[cfg(not(feature = "tls"))]
#[allow(clippy::unused_async, reason = "with the feature `tls` there is something to await")]
async fn encrypt(_: Option<&Connector>, _: &Target, _: TcpStream) -> io::Result<Stream> {
    Err(io::Error::other("https needs the feature `tls` of `tallymark-push`"))
}
