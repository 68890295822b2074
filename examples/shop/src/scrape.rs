//! What any program exposes, fetched as a Prometheus server does it.

use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    Request, StatusCode, Uri,
    body::Bytes,
    client::conn::http1::handshake,
    header::{ACCEPT, CONNECTION, HOST},
    http::uri::Scheme,
};
use hyper_util::rt::TokioIo;
use std::{error::Error, fmt, io, str::FromStr, string::FromUtf8Error, time::Duration};
use tokio::{net::TcpStream, time::timeout};

/// How long a Prometheus server waits for a scrape, unless it is configured otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// Some hundred thousand series: more than one program should have.
const LONGEST_EXPOSITION: usize = 64 << 20;

const ACCEPTED: &str = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";

/// Where a program serves its metrics: an `http` URL, with the path `/metrics` if it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Host and port, as they are connected to and as the header `host` names them.
    authority: String,
    path: String,
}

/// A text that is no URL of a [`Target`].
#[derive(Debug, PartialEq, Eq)]
pub struct TargetError;

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a URL such as http://127.0.0.1:9464/metrics, without a user and not https")
    }
}

impl Error for TargetError {}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let uri: Uri = text.parse().map_err(|_| TargetError)?;
        let authority = uri.authority().ok_or(TargetError)?;
        if uri.scheme() != Some(&Scheme::HTTP) || authority.as_str().contains('@') {
            return Err(TargetError);
        }
        let path = uri.path_and_query().map(ToString::to_string).filter(|path| path != "/");
        Ok(Self {
            authority: format!("{}:{}", authority.host(), authority.port_u16().unwrap_or(80)),
            path: path.unwrap_or_else(|| "/metrics".to_owned()),
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.authority, self.path)
    }
}

/// Why there is no exposition.
#[derive(Debug)]
pub enum ScrapeError {
    /// There was no connection.
    Connect(io::Error),
    /// The connection broke, what came over it was no HTTP, or it was too long.
    Http(Box<dyn Error + Send + Sync>),
    /// The response is not one of success.
    Status(StatusCode),
    /// The response is no text.
    Text(FromUtf8Error),
    /// The response was not there in time.
    Late,
}

impl fmt::Display for ScrapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(_) => f.write_str("cannot connect"),
            Self::Http(_) => f.write_str("cannot read the response"),
            Self::Status(status) => write!(f, "expected a response with status 200, found {status}"),
            Self::Text(_) => f.write_str("the response is no text"),
            Self::Late => write!(f, "there was no response within {} s", PATIENCE.as_secs()),
        }
    }
}

impl Error for ScrapeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Connect(error) => Some(error),
            Self::Http(error) => Some(&**error),
            Self::Text(error) => Some(error),
            Self::Status(_) | Self::Late => None,
        }
    }
}

/// Fetches the exposition of a program.
///
/// # Errors
///
/// If there is no response with status 200 and a text within ten seconds.
pub async fn fetch(target: &Target) -> Result<String, ScrapeError> {
    timeout(PATIENCE, read(target)).await.map_err(|_| ScrapeError::Late)?
}

async fn read(target: &Target) -> Result<String, ScrapeError> {
    let broken = |error: hyper::Error| ScrapeError::Http(error.into());
    let stream = TcpStream::connect(&target.authority).await.map_err(ScrapeError::Connect)?;
    let (mut connection, driver) = handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // What goes wrong on the connection is returned for the request.
    tokio::spawn(driver);
    let request = Request::get(&target.path)
        .header(HOST, &target.authority)
        .header(ACCEPT, ACCEPTED)
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| ScrapeError::Http(error.into()))?;
    let response = connection.send_request(request).await.map_err(broken)?;
    if response.status() != StatusCode::OK {
        return Err(ScrapeError::Status(response.status()));
    }
    let body = Limited::new(response.into_body(), LONGEST_EXPOSITION).collect().await;
    let bytes = body.map_err(ScrapeError::Http)?.to_bytes();
    String::from_utf8(bytes.into()).map_err(ScrapeError::Text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    #[test]
    fn targets_are_http_urls() {
        let target = |text: &str| text.parse::<Target>().map(|target| target.to_string());
        let url = |text: &str| Ok(text.to_owned());
        assert_eq!(target("http://127.0.0.1:9464"), url("http://127.0.0.1:9464/metrics"));
        assert_eq!(target("http://[::1]:1/m?name[]=a"), url("http://[::1]:1/m?name[]=a"));
        assert_eq!(target("http://shop.example/"), url("http://shop.example:80/metrics"));
        for bad in
            ["", "/metrics", "127.0.0.1:9464", "https://a/metrics", "http://ada:engine@a/", "http://a b"]
        {
            assert_eq!(target(bad), Err(TargetError), "{bad}");
        }
    }

    /// What is fetched from a server that gives this response.
    async fn fetched(response: &'static [u8]) -> Result<String, ScrapeError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let server = async {
            let (mut stream, _) = listener.accept().await.expect("a scraper");
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.expect("a whole request"));
            }
            stream.write_all(response).await.expect("an open connection");
            String::from_utf8(request).expect("a text")
        };
        let target = format!("http://{address}/m").parse().expect("a target");
        let (request, fetched) = tokio::join!(server, fetch(&target));
        assert!(request.starts_with("GET /m HTTP/1.1\r\n"), "{request}");
        assert!(request.contains(&format!("host: {address}\r\n")), "{request}");
        fetched
    }

    #[tokio::test]
    async fn responses_are_texts_or_errors() {
        let text = fetched(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\na 1\n").await;
        assert_eq!(text.expect("a text"), "a 1\n");
        let refused = fetched(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").await;
        assert!(refused.expect_err("a status").to_string().ends_with("found 401 Unauthorized"));
        let bytes = fetched(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n\xff").await;
        assert!(matches!(bytes, Err(ScrapeError::Text(_))), "{bytes:?}");
        let half = fetched(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\na 1\n").await;
        let half = half.expect_err("it is not whole");
        assert!(matches!(half, ScrapeError::Http(_)) && half.source().is_some(), "{half:?}");
    }
}
