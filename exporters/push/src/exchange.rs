//! One push: the connection, the request, redirects, and what the gateway says.

use std::{io, sync::Arc, time::Duration};

use http::{
    Method, Request, Response,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, LOCATION, USER_AGENT},
};
use hyper::{body::Incoming, client::conn::http1};
use tallymark_core::registry::Format;
use tokio::{task::spawn_blocking, time::timeout};

use super::{
    connect::{Connector, connect},
    credentials::Credentials,
    error::PushError,
    message::message,
    payload::Payload,
    target::Target,
};

pub(super) const AGENT: &str = concat!("tallymark/", env!("CARGO_PKG_VERSION"));

/// What was decided when the gateway was built.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) target: Target,
    pub(super) credentials: Option<Credentials>,
    pub(super) timeout: Duration,
    pub(super) redirects: usize,
    pub(super) format: Format,
    pub(super) gzip: bool,
    pub(super) connector: Option<Connector>,
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
    let request = request
        .body(payload.map(|payload| payload.body()).unwrap_or_default())
        .map_err(|error| failed(error.into()))?;
    let stream = connect(settings.connector.as_ref(), target).await?;
    let (mut sender, connection) = http1::handshake(stream).await.map_err(|error| failed(error.into()))?;
    // It ends with the runtime, which is there for this one push.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(|error| failed(error.into()))
}
