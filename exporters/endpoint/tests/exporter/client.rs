//! A small HTTP/1.1 client that shows everything it gets.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// So that a test that waits for what never comes fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What requests go out on and responses come in on.
pub(crate) trait Wire: Read + Write + Send {}

impl<W: Read + Write + Send> Wire for W {}

pub(crate) struct Client(BufReader<Box<dyn Wire>>);

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// The body if it is not text, and nothing otherwise.
    pub(crate) bytes: Vec<u8>,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} stands twice");
        value
    }

    #[allow(dead_code, reason = "shared")]
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let same = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        same.map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn length(&self) -> Option<usize> {
        self.header("content-length").map(|length| length.parse().expect("a number"))
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).expect("the endpoint listens"))
    }

    #[allow(dead_code, reason = "shared")]
    pub(crate) fn over(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self::on(stream)
    }

    /// Whoever made the connection has seen to a timeout.
    #[allow(dead_code, reason = "shared")]
    pub(crate) fn on(wire: impl Wire + 'static) -> Self {
        Self(BufReader::new(Box::new(wire)))
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).expect("the endpoint reads");
    }

    /// Sends a request without a body and reads the response.
    pub(crate) fn ask(&mut self, method: &str, target: &str, headers: &[&str]) -> Response {
        let mut request = format!("{method} {target} HTTP/1.1\r\nHost: test\r\n");
        for header in headers {
            request.push_str(header);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        self.send(request);
        self.read(method == "HEAD").expect("a response")
    }

    /// Reads a response. One to HEAD has no body, whatever its headers say.
    pub(crate) fn read(&mut self, to_head: bool) -> io::Result<Response> {
        let mut response = self.read_head()?;
        if to_head || response.status == 204 {
            return Ok(response);
        }
        let body = if response.header("transfer-encoding") == Some("chunked") {
            self.read_chunks()?
        } else {
            let mut body = vec![0; response.length().unwrap_or(0)];
            self.0.read_exact(&mut body)?;
            body
        };
        match String::from_utf8(body) {
            Ok(text) => response.body = text,
            Err(error) => response.bytes = error.into_bytes(),
        }
        Ok(response)
    }

    pub(crate) fn read_head(&mut self) -> io::Result<Response> {
        let status_line = self.line()?;
        let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut response = Response {
            status: status.unwrap_or_else(|| panic!("{status_line:?}")),
            headers: Vec::new(),
            body: String::new(),
            bytes: Vec::new(),
        };
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(response);
            }
            let (name, value) = line.split_once(": ").expect("a header");
            response.headers.push((name.to_owned(), value.to_owned()));
        }
    }

    pub(crate) fn read_chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(&self.line()?, 16).expect("the size of a chunk");
            let start = body.len();
            body.resize(start + size, 0);
            self.0.read_exact(&mut body[start..])?;
            assert_eq!(self.line()?, "");
            if size == 0 {
                return Ok(body);
            }
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        match line.strip_suffix("\r\n") {
            Some(line) => Ok(line.to_owned()),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Reads whatever comes until the connection ends, one way or another.
    #[allow(dead_code, reason = "shared")]
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // What was read before an error is there all the same.
        let _ = self.0.read_to_end(&mut rest);
        rest
    }

    /// Waits until the endpoint closes the connection. Panics if it sends anything before.
    pub(crate) fn expect_end(&mut self) {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => assert_eq!(String::from_utf8_lossy(&rest), ""),
            // What the endpoint did not read when it closed the connection makes the system reset it.
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset),
        }
    }
}

/// One GET of the metrics on a connection of its own.
pub(crate) fn scrape(address: SocketAddr) -> Response {
    let response = Client::connect(address).ask("GET", "/metrics", &[]);
    assert_eq!(response.status, 200);
    response
}
