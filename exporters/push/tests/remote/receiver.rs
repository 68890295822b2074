//! A receiver that keeps what it is sent, and responds as it is told.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use prost::Message;
use tallymark_push::{RemoteWriteBuilder, RemoteWriteGuard};

use crate::wire::{v1, v2};

/// So that a test that waits for what never comes fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What is called with each request, and gives the response.
type Respond = dyn FnMut(&Received) -> Reply + Send;

/// One test at a time: all of them write the same metrics, and count what they write.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A response.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<String>,
    body: String,
    /// Nothing is said at all, and the connection is closed.
    silent: bool,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// No response, but the end of the connection.
    pub(crate) fn none() -> Self {
        Self { silent: true, ..Self::default() }
    }

    pub(crate) fn header(mut self, header: impl Into<String>) -> Self {
        self.headers.push(header.into());
        self
    }

    pub(crate) fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// The headers that say how much was written.
    pub(crate) fn written(self, samples: usize, histograms: usize, exemplars: usize) -> Self {
        self.header(format!("X-Prometheus-Remote-Write-Samples-Written: {samples}"))
            .header(format!("X-Prometheus-Remote-Write-Histograms-Written: {histograms}"))
            .header(format!("X-Prometheus-Remote-Write-Exemplars-Written: {exemplars}"))
    }
}

/// What a receiver of 2.0 responds that has written everything.
pub(crate) fn all_written(received: &Received) -> Reply {
    let request = received.v2();
    let count = |of: &dyn Fn(&v2::TimeSeries) -> usize| request.timeseries.iter().map(of).sum();
    Reply::status(204).written(
        count(&|series| series.samples.len()),
        count(&|series| series.histograms.len()),
        count(&|series| series.exemplars.len()),
    )
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
    /// Which connection it came over.
    pub(crate) connection: usize,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} is there twice");
        value
    }

    pub(crate) fn is_v2(&self) -> bool {
        self.header("x-prometheus-remote-write-version") == Some("2.0.0")
    }

    fn message(&self) -> Vec<u8> {
        snap::raw::Decoder::new().decompress_vec(&self.body).expect("a block of snappy")
    }

    pub(crate) fn v2(&self) -> v2::Request {
        assert!(self.is_v2(), "{self:?}");
        v2::Request::decode(&*self.message()).expect("a message")
    }

    pub(crate) fn v1(&self) -> v1::WriteRequest {
        assert!(!self.is_v2(), "{self:?}");
        v1::WriteRequest::decode(&*self.message()).expect("a message")
    }
}

/// A series, with its texts in place of their numbers.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) written: v2::TimeSeries,
    pub(crate) help: String,
    pub(crate) unit: String,
    /// Labels of its exemplars.
    pub(crate) exemplars: Vec<Vec<(String, String)>>,
}

impl Series {
    pub(crate) fn label(&self, name: &str) -> &str {
        self.labels.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn value(&self) -> f64 {
        let [sample] = &self.written.samples[..] else { panic!("{} samples", self.written.samples.len()) };
        sample.value
    }
}

/// All series of a request.
pub(crate) fn series(request: &v2::Request) -> Vec<Series> {
    let text = |at: &u32| request.symbols.get(*at as usize).expect("a number of a symbol").clone();
    let labels = |refs: &[u32]| -> Vec<_> {
        assert_eq!(refs.len() % 2, 0, "numbers come in pairs");
        refs.chunks(2).map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
    };
    let series = request.timeseries.iter().map(|series| {
        let metadata = series.metadata.unwrap_or_default();
        Series {
            labels: labels(&series.labels_refs),
            help: text(&metadata.help_ref),
            unit: text(&metadata.unit_ref),
            exemplars: series.exemplars.iter().map(|exemplar| labels(&exemplar.labels_refs)).collect(),
            written: series.clone(),
        }
    });
    series.collect()
}

struct Shared {
    received: Mutex<Vec<Received>>,
    arrived: Condvar,
    respond: Mutex<Box<Respond>>,
}

pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

impl Receiver {
    /// Responds to each request with what `respond` makes of it.
    pub(crate) fn start(respond: impl FnMut(&Received) -> Reply + Send + 'static) -> Self {
        Self::over(Ok, respond)
    }

    /// The same over what `wrap` makes of a connection.
    pub(crate) fn over<S: Read + Write>(
        wrap: impl Fn(TcpStream) -> io::Result<S> + Send + Sync + 'static,
        respond: impl FnMut(&Received) -> Reply + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            received: Mutex::new(Vec::new()),
            arrived: Condvar::new(),
            respond: Mutex::new(Box::new(respond)),
        });
        let (keep, wrap) = (Arc::clone(&shared), Arc::new(wrap));
        // It ends with the process.
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().enumerate() {
                let Ok(stream) = stream else { continue };
                let (keep, wrap) = (Arc::clone(&keep), Arc::clone(&wrap));
                thread::spawn(move || {
                    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
                    // A client that goes away is what some tests are about.
                    let _ = wrap(stream).and_then(|stream| converse(stream, connection, &keep));
                });
            }
        });
        Self { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/api/v1/write", self.address)
    }

    /// Settings for tests: nothing is sampled by itself, and what fails is sent again soon.
    pub(crate) fn builder(&self) -> RemoteWriteBuilder {
        builder(self.url())
    }

    /// Writes once, and returns what was written.
    pub(crate) fn written(&self) -> Vec<Series> {
        let guard = self.builder().stale_at_exit(false).start().expect("started");
        guard.flush(PATIENCE).expect("written");
        let requests = self.received();
        guard.shutdown().expect("written");
        requests.iter().flat_map(|received| series(&received.v2())).collect()
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for so many requests.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Received> {
        let received = self.shared.received.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.shared.arrived.wait_timeout_while(received, PATIENCE, |all| all.len() < count);
        let (received, _) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(received.len() >= count, "{} requests, not {count}", received.len());
        received.clone()
    }
}

pub(crate) fn builder(url: String) -> RemoteWriteBuilder {
    tallymark_push::remote_write(url)
        .interval(Duration::from_secs(3_600))
        .backoff(Duration::from_millis(20), Duration::from_millis(100))
        .on_error(|_| {})
}

/// Flushes, and expects that not everything was written.
pub(crate) fn flush_fails(guard: &RemoteWriteGuard) -> tallymark_push::PushError {
    guard.flush(PATIENCE).expect_err("not all of it is written")
}

fn converse<S: Read + Write>(stream: S, connection: usize, shared: &Shared) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let received = read(&mut stream, connection)?;
        let mut respond = shared.respond.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = respond(&received);
        shared.received.lock().unwrap_or_else(PoisonError::into_inner).push(received);
        drop(respond);
        shared.arrived.notify_all();
        if reply.silent {
            return Ok(());
        }
        let mut head = format!("HTTP/1.1 {} Because\r\n", reply.status);
        if reply.status != 204 {
            head.push_str(&["Content-Length: ", &reply.body.len().to_string(), "\r\n"].concat());
        }
        for header in &reply.headers {
            head.push_str(&[header, "\r\n"].concat());
        }
        let stream = stream.get_mut();
        stream.write_all((head + "\r\n" + &reply.body).as_bytes())?;
        stream.flush()?;
    }
}

fn read(stream: &mut impl BufRead, connection: usize) -> io::Result<Received> {
    let mut line = || {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let line = line.strip_suffix("\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok::<_, io::Error>(line.to_owned())
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
    let mut received = Received { method, target, headers, body: Vec::new(), at: Instant::now(), connection };
    let length = received.header("content-length").map_or(0, |length| length.parse().expect("a number"));
    received.body.resize(length, 0);
    stream.read_exact(&mut received.body)?;
    Ok(received)
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "still not so: {what}");
        thread::yield_now();
    }
}
