//! One push: the connection, the request, redirects, and what the gateway says.

use std::{
    future::poll_fn,
    io,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use http::{
    Method, Request, Response,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, LOCATION, USER_AGENT},
};
use http_body::Body;
use hyper::{body::Incoming, client::conn::http1};
use tallymark_core::registry::Format;
use tokio::{net::TcpStream, task::spawn_blocking, time::timeout};

use super::{credentials::Credentials, error::PushError, payload::Payload, stream::Stream, target::Target};

/// So much of what a gateway says about an error is kept.
const MESSAGE: usize = 1024;

const AGENT: &str = concat!("tallymark/", env!("CARGO_PKG_VERSION"));

/// What was decided when the gateway was built.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) target: Target,
    pub(super) credentials: Option<Credentials>,
    pub(super) timeout: Duration,
    pub(super) redirects: usize,
    pub(super) format: Format,
    pub(super) gzip: bool,
    #[cfg(feature = "tls")]
    pub(super) connector: Option<tokio_rustls::TlsConnector>,
}

/// Sends one request with all metrics, or to delete them, within the timeout. Takes a tokio runtime with its clock.
pub(super) async fn send(settings: &Arc<Settings>, method: &Method) -> Result<(), PushError> {
    timeout(settings.timeout, exchange(settings, method)).await.unwrap_or_else(|_| {
        Err(PushError::Timeout { url: settings.target.to_string(), after: settings.timeout })
    })
}

async fn exchange(settings: &Settings, method: &Method) -> Result<(), PushError> {
    let payload = if method == Method::DELETE {
        None
    } else {
        // A collector may take its time, and the timeout has to end that too.
        let (format, gzip) = (settings.format, settings.gzip);
        let encoded = spawn_blocking(move || Payload::metrics(format, gzip)).await;
        Some(encoded.map_err(|error| PushError::Thread { source: io::Error::other(error) })?)
    };
    let mut target = settings.target.clone();
    let mut followed = 0;
    loop {
        let response = request(settings, &target, method, payload.clone()).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let location = response
            .headers()
            .get(LOCATION)
            .filter(|_| status.is_redirection())
            .map(|location| String::from_utf8_lossy(location.as_bytes()).into_owned());
        let Some(location) = location else {
            let message = message(response.into_body()).await;
            return Err(PushError::Refused { url: target.to_string(), status: status.as_u16(), message });
        };
        let next = if followed < settings.redirects {
            follow(&target, method, status.as_u16(), &location)
        } else if settings.redirects == 0 {
            Err("redirects are followed only if that is allowed")
        } else {
            Err("these are more redirects than allowed")
        };
        target = match next {
            Ok(next) => next,
            Err(why) => {
                let url = target.to_string();
                return Err(PushError::Redirect { url, status: status.as_u16(), location, why });
            }
        };
        followed += 1;
    }
}

/// Where to send the same request again. RFC 9110, section 15.4, lets a client make a GET of a POST after 301 and 302,
/// and asks for it after 303; a gateway behind a redirect is of no use then, so method and body stay as they are.
fn follow(target: &Target, method: &Method, status: u16, location: &str) -> Result<Target, &'static str> {
    match status {
        307 | 308 => target.redirected(location),
        301..=303 if method != Method::DELETE => target.redirected(location),
        301..=303 => Err("a group is deleted elsewhere only after 307 and 308"),
        _ => Err("only 301, 302, 303, 307 and 308 are followed"),
    }
}

async fn request(
    settings: &Settings,
    target: &Target,
    method: &Method,
    payload: Option<Payload>,
) -> Result<Response<Incoming>, PushError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| PushError::Http {
        url: target.to_string(),
        source,
    };
    let mut request = Request::builder()
        .method(method)
        .uri(target.path())
        .header(HOST, target.authority())
        .header(USER_AGENT, AGENT);
    if let Some(payload) = &payload {
        request = request.header(CONTENT_TYPE, payload.content_type());
        if let Some(coding) = payload.content_encoding() {
            request = request.header(CONTENT_ENCODING, coding);
        }
    }
    // Credentials are for the gateway, and not for a server that it redirects to.
    if let Some(credentials) = settings.credentials.as_ref().filter(|_| target.same_origin(&settings.target))
    {
        request = request.header(AUTHORIZATION, credentials.value());
    }
    let request = request.body(payload.unwrap_or_default()).map_err(|error| failed(error.into()))?;
    let stream = connect(settings, target).await?;
    let (mut sender, connection) = http1::handshake(stream).await.map_err(|error| failed(error.into()))?;
    // It ends with the runtime, which is there for this one push.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(|error| failed(error.into()))
}

async fn connect(settings: &Settings, target: &Target) -> Result<Stream, PushError> {
    let tcp = TcpStream::connect((target.host(), target.port()))
        .await
        .map_err(|source| PushError::Connect { url: target.to_string(), source })?;
    // The end of the request is not to wait for the acknowledgement of its beginning.
    let _ = tcp.set_nodelay(true);
    if !target.https() {
        return Ok(Stream(Box::new(tcp)));
    }
    encrypt(settings, target, tcp).await.map_err(|source| PushError::Tls { url: target.to_string(), source })
}

#[cfg(feature = "tls")]
async fn encrypt(settings: &Settings, target: &Target, tcp: TcpStream) -> io::Result<Stream> {
    match &settings.connector {
        Some(connector) => {
            let stream = super::tls::encrypt(connector, target.host(), tcp).await?;
            Ok(Stream(Box::new(stream)))
        }
        None => Err(io::Error::other("no certificates were read, for the gateway's own URL is http")),
    }
}

#[cfg(not(feature = "tls"))]
#[allow(clippy::unused_async, reason = "with the feature `tls` there is something to await")]
async fn encrypt(_: &Settings, _: &Target, _: TcpStream) -> io::Result<Stream> {
    Err(io::Error::other("https needs the feature `tls` of `tallymark-push`"))
}

/// The beginning of what the gateway says about an error, in one line.
async fn message(body: Incoming) -> String {
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    while bytes.len() < MESSAGE {
        // What breaks off has been said as far as it was.
        let Some(Ok(frame)) = poll_fn(|context| Pin::as_mut(&mut body).poll_frame(context)).await else {
            break;
        };
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
        }
    }
    bytes.truncate(MESSAGE);
    let text = String::from_utf8_lossy(&bytes);
    let words: Vec<_> =
        text.split(|character: char| character.is_whitespace() || character.is_control()).collect();
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
