//! A receiver of OTLP over HTTP that answers as it is told.

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    metrics::v1::{Metric, NumberDataPoint, metric::Data, number_data_point},
};
use prost::Message;
use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
};

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    /// By their names in lower case.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// It is read and these bytes are sent.
    Bytes(Vec<u8>),
    /// Its head is read, and the connection reset.
    Reset,
    /// It is read, and nothing is sent until the receiver is dropped.
    Hang,
}

impl Reply {
    pub(crate) fn new(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut bytes =
            format!("HTTP/1.1 {status} Whatever\r\nContent-Length: {}\r\n", body.len()).into_bytes();
        for (name, value) in headers {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body);
        Self::Bytes(bytes)
    }

    pub(crate) fn ok() -> Self {
        Self::new(200, &[("Content-Type", "application/x-protobuf")], b"")
    }
}

pub(crate) struct Receiver {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    arrived: mpsc::Receiver<()>,
    /// Dropped with the receiver, by which those who hang know.
    _open: mpsc::Sender<()>,
}

impl Receiver {
    /// A receiver that replies to the request numbered so and so (from 0).
    pub(crate) fn new(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::over(|stream| stream, reply)
    }

    /// A receiver that speaks over what is made of its connections.
    pub(crate) fn over<S: Read + Write>(
        wrap: impl Fn(TcpStream) -> S + Send + Sync + 'static,
        reply: impl Fn(usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (open, closed) = mpsc::channel::<()>();
        let closed = Arc::new(Mutex::new(closed));
        let (arriving, arrived) = mpsc::channel();
        let (seen, reply, wrap) = (Arc::clone(&requests), Arc::new(reply), Arc::new(wrap));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (seen, reply, wrap) = (Arc::clone(&seen), Arc::clone(&reply), Arc::clone(&wrap));
                let (closed, arriving) = (Arc::clone(&closed), arriving.clone());
                thread::spawn(move || serve(wrap(stream), &seen, &*reply, &closed, &arriving));
            }
        });
        Self { address, requests, arrived, _open: open }
    }

    #[cfg(feature = "tls")]
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/v1/metrics", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic").clone()
    }

    /// Waits for the next request.
    pub(crate) fn wait(&self) {
        self.arrived.recv().expect("the listener lives as long as the test");
    }
}

fn serve(
    stream: impl Read + Write,
    seen: &Mutex<Vec<Request>>,
    reply: &dyn Fn(usize) -> Reply,
    closed: &Mutex<mpsc::Receiver<()>>,
    arriving: &mpsc::Sender<()>,
) {
    let mut reader = BufReader::with_capacity(16, stream);
    while let Some((line, headers)) = head(&mut reader) {
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let number = {
            let mut seen = seen.lock().expect("no panic");
            seen.push(Request { line, headers, body: Vec::new() });
            seen.len() - 1
        };
        let reply = reply(number);
        if matches!(reply, Reply::Reset) {
            let _ = arriving.send(());
            // Closing a connection with bytes that nobody read resets it.
            return;
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        seen.lock().expect("no panic")[number].body = body;
        let _ = arriving.send(());
        match reply {
            Reply::Bytes(bytes) => {
                // What announces more than it sends is cut off.
                let complete = is_complete(&bytes);
                let writer = reader.get_mut();
                if writer.write_all(&bytes).and_then(|()| writer.flush()).is_err() || !complete {
                    return;
                }
            }
            Reply::Hang => {
                let _ = closed.lock().expect("no panic").recv();
                return;
            }
            Reply::Reset => return,
        }
    }
}

fn head(reader: &mut impl BufRead) -> Option<(String, HashMap<String, String>)> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|&read| read > 0)?;
    let mut headers = HashMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok().filter(|&read| read > 0)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { return Some((line, headers)) };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
}

fn is_complete(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
    length.is_none_or(|length: usize| bytes.len() - end - 4 == length)
}

impl Request {
    pub(crate) fn message(&self) -> ExportMetricsServiceRequest {
        ExportMetricsServiceRequest::decode(self.body.as_slice()).expect("a request is what it says it is")
    }

    /// All metrics with this name, of which a request has at most one for each kind of points.
    pub(crate) fn metrics(&self, name: &str) -> Vec<Metric> {
        let resources = self.message().resource_metrics;
        let scopes = resources.into_iter().flat_map(|resource| resource.scope_metrics);
        scopes.flat_map(|scope| scope.metrics).filter(|metric| metric.name == name).collect()
    }

    pub(crate) fn metric(&self, name: &str) -> Metric {
        let mut metrics = self.metrics(name);
        assert_eq!(metrics.len(), 1, "{name}");
        metrics.remove(0)
    }

    /// The points of a sum.
    pub(crate) fn sum(&self, name: &str) -> Vec<NumberDataPoint> {
        let points = self.metrics(name).into_iter().map(|metric| match metric.data {
            Some(Data::Sum(sum)) => sum.data_points,
            other => panic!("{name} is no sum: {other:?}"),
        });
        points.flatten().collect()
    }
}

pub(crate) fn integer(point: &NumberDataPoint) -> i64 {
    match point.value {
        Some(number_data_point::Value::AsInt(value)) => value,
        other => panic!("{other:?} is no integer"),
    }
}

/// Attributes as names and values.
pub(crate) fn texts(attributes: &[KeyValue]) -> Vec<(&str, &str)> {
    attributes
        .iter()
        .map(|attribute| match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
            Some(Value::StringValue(text)) => (attribute.key.as_str(), text.as_str()),
            other => panic!("{other:?} is no text"),
        })
        .collect()
}
