//! Scrapes that take long: because there is much to send, because nobody reads it, or because a collector is slow.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use tallymark::{
    exporter,
    registry::{self, CollectError, Collector, Families, Registration},
    snapshot::Value,
};

use crate::{
    alone,
    client::{self, Client, PATIENCE},
    ends::is_closed,
    limits::refused,
    serve,
};

const LARGE_SERIES: usize = 2_000;

/// 16 MiB, more than the buffers of both ends of a socket take (10 MiB on Linux unless tuned), so that an unread response
/// stays under way.
struct Large;

impl Collector for Large {
    fn name(&self) -> &'static str {
        "large"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let filling = "x".repeat(8 * 1024);
        let mut family = families.gauge("large", "Large.");
        for index in 0..LARGE_SERIES {
            family.number(&[("index", &index.to_string()), ("filling", &filling)], 1_u64);
        }
        Ok(())
    }
}

pub(crate) fn large() -> Registration {
    registry::register_collector(Large)
}

/// Begins a scrape of what is large and leaves it under way.
pub(crate) fn begin(address: SocketAddr) -> Client {
    let mut client = Client::connect(address);
    client.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
    let head = client.read_head().expect("a response");
    assert_eq!((head.status, head.header("transfer-encoding")), (200, Some("chunked")));
    assert_eq!(head.length(), None);
    client
}

fn assert_whole(body: Vec<u8>) {
    let body = String::from_utf8(body).expect("text");
    assert_eq!(body.lines().filter(|line| line.starts_with("large{")).count(), LARGE_SERIES);
}

#[test]
fn large_responses_come_in_chunks() {
    let (_alone, _large) = (alone(), large());
    let exporter = serve();
    let mut client = begin(exporter.local_addr());
    assert_whole(client.read_chunks().expect("the whole body"));
    // The connection goes on.
    let head = client.ask("HEAD", "/metrics", &[]);
    assert_eq!((head.status, head.length()), (200, None));
    assert_eq!(client.ask("GET", "/elsewhere", &[]).status, 404);
}

#[test]
fn several_scrapers_at_once() {
    let (_alone, _large) = (alone(), large());
    let exporter = serve();
    let mut clients: Vec<Client> = (0..3).map(|_| begin(exporter.local_addr())).collect();
    for client in clients.iter_mut().rev() {
        assert_whole(client.read_chunks().expect("the whole body"));
    }
}

#[test]
fn stop_lets_open_scrapes_finish() {
    let (_alone, _large) = (alone(), large());
    let exporter = exporter::builder().address("127.0.0.1:0").grace(PATIENCE).serve().expect("a port");
    let address = exporter.local_addr();
    let mut client = begin(address);
    let stopping = thread::spawn(move || exporter.stop());
    let deadline = Instant::now() + PATIENCE;
    while !is_closed(address) {
        assert!(Instant::now() < deadline, "the port stays open");
        thread::yield_now();
    }
    assert!(!stopping.is_finished());
    assert_whole(client.read_chunks().expect("the whole body"));
    client.expect_end();
    stopping.join().expect("nothing panicked");
}

#[test]
fn stop_cuts_off_what_takes_too_long() {
    let (_alone, _large) = (alone(), large());
    let before = refused("incomplete");
    let exporter =
        exporter::builder().address("127.0.0.1:0").grace(Duration::from_millis(100)).serve().expect("a port");
    let mut client = begin(exporter.local_addr());
    exporter.stop();
    assert!(client.read_chunks().is_err());
    assert_eq!(refused("incomplete"), before + 1);
}

#[test]
fn clients_that_stop_reading_are_cut_off() {
    let (_alone, _large) = (alone(), large());
    let before = refused("incomplete");
    let exporter = exporter::builder()
        .address("127.0.0.1:0")
        .write_timeout(Duration::from_millis(100))
        .grace(2 * PATIENCE)
        .serve()
        .expect("a port");
    let client = begin(exporter.local_addr());
    // Stopping waits for all connections, so it is over only when the endpoint has given up on this one.
    let (report, stopped) = mpsc::channel();
    thread::spawn(move || {
        exporter.stop();
        let _ = report.send(());
    });
    stopped.recv_timeout(PATIENCE).expect("the connection was closed");
    assert_eq!(refused("incomplete"), before + 1);
    drop(client);
}

#[test]
fn a_client_that_goes_away_harms_nobody() {
    let (_alone, _large) = (alone(), large());
    let exporter = serve();
    for _ in 0..5 {
        drop(begin(exporter.local_addr()));
    }
    let mut client = begin(exporter.local_addr());
    assert_whole(client.read_chunks().expect("the whole body"));
}

/// Reports each call, and then waits for leave to go on.
pub(crate) struct Gate {
    pub(crate) entered: mpsc::Sender<()>,
    pub(crate) leave: Arc<Mutex<mpsc::Receiver<()>>>,
}

impl Collector for Gate {
    fn name(&self) -> &'static str {
        "gate"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let _ = self.entered.send(());
        let leave = self.leave.lock().map_err(|error| error.to_string())?;
        leave.recv_timeout(PATIENCE / 2)?;
        families.gauge("gate", "Gate.").number(&[], 1_u64);
        Ok(())
    }
}

/// A scrape that has come as far as this collector, where it stays until it is let go.
pub(crate) struct Held {
    entered: mpsc::Receiver<()>,
    let_go: mpsc::Sender<()>,
    _registration: Registration,
}

impl Held {
    pub(crate) fn new() -> Self {
        let (entered, has_entered) = mpsc::channel();
        let (let_go, leave) = mpsc::channel();
        let gate = Gate { entered, leave: Arc::new(Mutex::new(leave)) };
        Self { entered: has_entered, let_go, _registration: registry::register_collector(gate) }
    }

    pub(crate) fn wait(&self) {
        self.entered.recv_timeout(PATIENCE).expect("a scrape reaches the collector");
    }

    pub(crate) fn let_go(&self) {
        self.let_go.send(()).expect("the collector waits");
    }
}

/// How many expositions were encoded to the end.
pub(crate) fn scrapes() -> u64 {
    let snapshot = registry::snapshot();
    let family = snapshot.family("tallymark_scrape_duration_seconds").expect("it is declared");
    match &family.series[0].value {
        Value::Histogram(histogram) => histogram.counts.iter().sum(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_slow_collector_holds_up_no_other_connection() {
    let _alone = alone();
    let (entered, has_entered) = mpsc::channel();
    let (let_go, leave) = mpsc::channel();
    let _gate = registry::register_collector(Gate { entered, leave: Arc::new(Mutex::new(leave)) });
    let exporter = serve();
    let address = exporter.local_addr();
    let mut other = Client::connect(address);
    let scrape = thread::spawn(move || client::scrape(address));
    has_entered.recv_timeout(PATIENCE).expect("the scrape reaches the collector");
    assert_eq!(other.ask("GET", "/elsewhere", &[]).status, 404);
    assert_eq!(other.ask("OPTIONS", "/metrics", &[]).status, 204);
    assert_eq!(Client::connect(address).ask("POST", "/metrics", &[]).status, 405);
    let_go.send(()).expect("the collector waits");
    // The collector shows something only if it got its leave, and so after the other responses.
    assert!(scrape.join().expect("a response").body.contains("\ngate 1\n"));
}
