//! A server that keeps what it is sent, and answers as it is told.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

/// So that a test that waits for what never comes fails.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} stands twice");
        value
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    /// Answers each request with what `answer` makes of it.
    pub(crate) fn start(answer: impl Fn(&Received) -> String + Send + Sync + 'static) -> Self {
        Self::over(Ok, answer)
    }

    /// The same over what `wrap` makes of a connection. A connection that cannot be wrapped is dropped.
    pub(crate) fn over<S: Read + Write>(
        wrap: impl Fn(TcpStream) -> io::Result<S> + Send + Sync + 'static,
        answer: impl Fn(&Received) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let received = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&received);
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
                // A client that goes away early is what some tests are about.
                let _ = wrap(stream).and_then(|stream| converse(stream, &keep, &answer));
            }
        });
        Self { address, received }
    }

    /// Answers everything with one response.
    pub(crate) fn always(response: impl Into<String>) -> Self {
        let response = response.into();
        Self::start(move |_| response.clone())
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one request there was.
    pub(crate) fn only(&self) -> Received {
        let received = self.received();
        let [only] = &received[..] else { panic!("{} requests", received.len()) };
        only.clone()
    }
}

/// A response with a body and further headers.
pub(crate) fn response(status: u16, headers: &[&str], body: &str) -> String {
    let mut response = format!("HTTP/1.1 {status} Because\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        response.push_str(header);
        response.push_str("\r\n");
    }
    response + "\r\n" + body
}

fn converse<S: Read + Write>(
    stream: S,
    keep: &Mutex<Vec<Received>>,
    answer: &impl Fn(&Received) -> String,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let received = read(&mut stream)?;
    keep.lock().unwrap_or_else(PoisonError::into_inner).push(received.clone());
    let stream = stream.get_mut();
    stream.write_all(answer(&received).as_bytes())?;
    stream.flush()
}

fn read(stream: &mut impl BufRead) -> io::Result<Received> {
    let mut line = || {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        match line.strip_suffix("\r\n") {
            Some(line) => Ok(line.to_owned()),
            None => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
        }
    };
    let request = line()?;
    let mut words = request.split(' ').map(str::to_owned);
    let (Some(method), Some(target)) = (words.next(), words.next()) else { panic!("{request:?}") };
    let mut headers = Vec::new();
    loop {
        let header = line()?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(": ").expect("a header");
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut received = Received { method, target, headers, body: Vec::new() };
    assert_eq!(received.header("transfer-encoding"), None, "the length of a push is known");
    received
        .body
        .resize(received.header("content-length").map_or(0, |length| length.parse().expect("a number")), 0);
    stream.read_exact(&mut received.body)?;
    Ok(received)
}
