//! Scrapers that come at the same time.

use std::{
    future::poll_fn,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, mpsc},
    task::Poll,
    thread,
};

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response, Version, header, request},
};
use tallymark::{
    exporter,
    registry::{self, CollectError, Collector, Families, Registration},
    snapshot::Value,
};
use tokio::{
    net::TcpSocket,
    runtime::{Builder, Runtime},
};
use tower::ServiceExt;

use crate::{
    alone,
    client::{self, Client, PATIENCE},
    load::Gate,
    serve,
};

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

type Answer = Pin<Box<dyn Future<Output = Response<exporter::Body>> + Send>>;

/// A scrape that has been begun: it has joined what there was to join.
async fn begin(version: Version, accept: &str) -> Answer {
    begin_with(Request::get("/").version(version).header(header::ACCEPT, accept)).await
}

async fn begin_with(request: request::Builder) -> Answer {
    let request = request.body(Body::empty()).expect("a request");
    let answering = exporter::service().oneshot(request);
    let mut answer: Answer = Box::pin(async { answering.await.expect("it never fails") });
    let begun = poll_fn(|context| Poll::Ready(answer.as_mut().poll(context).is_pending())).await;
    assert!(begun, "something holds it up");
    answer
}

async fn text(response: Response<exporter::Body>) -> String {
    let length = response.headers()[header::CONTENT_LENGTH].to_str().expect("text").to_owned();
    let body = to_bytes(Body::new(response.into_body()), usize::MAX).await.expect("the whole body");
    assert_eq!(body.len().to_string(), length);
    String::from_utf8(body.into()).expect("text")
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
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

/// Scrapes on this runtime are not begun before its only thread for that is let go. Others may begin them.
fn occupied() -> (Runtime, mpsc::Sender<()>) {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().expect("a runtime");
    let (let_go, leave) = mpsc::channel();
    runtime.spawn_blocking(move || leave.recv());
    (runtime, let_go)
}

#[test]
fn those_who_come_together_share_one_scrape() {
    let _alone = alone();
    let before = scrapes();
    let exporter = serve();
    let (runtime, let_go) = occupied();
    let (second, third) = runtime.block_on(async {
        (begin(Version::HTTP_11, "*/*").await, begin(Version::HTTP_2, "text/plain").await)
    });
    let first = client::scrape(exporter.local_addr());
    assert_eq!(first.length(), Some(first.body.len()));
    drop(let_go);
    let (second, third) = runtime.block_on(async { (text(second.await).await, text(third.await).await) });
    assert_eq!((&second, &third), (&first.body, &first.body));
    assert_eq!(scrapes() - before, 1);
}

/// What is counted while one is encoded is not missing from those that come then, and they share what they get.
#[test]
fn those_who_come_later_share_the_next() {
    let _alone = alone();
    let before = scrapes();
    let held = Held::new();
    let exporter = serve();
    let address = exporter.local_addr();
    let first = thread::spawn(move || client::scrape(address));
    held.wait();
    // The second thread for encoding may not be had before all have come.
    let (runtime, let_go) = occupied();
    let (second, third) = runtime.block_on(async {
        let second = begin(Version::HTTP_11, "*/*").await;
        (second, begin(Version::HTTP_11, "*/*").await)
    });
    drop(let_go);
    // The collector is asked twice.
    (0..2).for_each(|_| held.let_go());
    let (second, third) = runtime.block_on(async { (text(second.await).await, text(third.await).await) });
    let first = first.join().expect("a response").body;
    for body in [&first, &second] {
        assert!(body.contains("\ngate 1\n"), "{body}");
    }
    assert_eq!(second, third);
    drop(held);
    assert_eq!(scrapes() - before, 2);
}

#[test]
fn other_formats_and_old_clients_do_not() {
    let _alone = alone();
    let before = scrapes();
    let held = Held::new();
    runtime().block_on(async {
        let first = begin(Version::HTTP_11, "*/*").await;
        held.wait();
        let other = begin(Version::HTTP_11, "application/openmetrics-text").await;
        let old = begin(Version::HTTP_10, "*/*").await;
        // Each of them may ask the collector.
        (0..3).for_each(|_| held.let_go());
        assert!(text(first.await).await.contains("\ngate 1\n"));
        assert!(text(other.await).await.ends_with("# EOF\n"));
        assert!(text(old.await).await.contains("\ngate 1\n"));
    });
    drop(held);
    assert_eq!(scrapes() - before, 3);
}

/// 32 MiB, more than is held and than the buffers of both ends of a socket take together (4 MiB on this end on Linux unless
/// tuned, and little on the other). Half a mebibyte of it is encoded at a time.
struct Huge;

impl Collector for Huge {
    fn name(&self) -> &'static str {
        "huge"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let filling = "x".repeat(16 * 1024);
        for part in 0..64 {
            let mut family = families.gauge(&format!("huge_{part}"), "Huge.");
            for index in 0..32 {
                family.number(&[("index", &index.to_string()), ("filling", &filling)], 1_u64);
            }
        }
        Ok(())
    }
}

/// A connection whose receiving end has a small buffer, which does not grow.
fn connect_small(address: SocketAddr) -> Client {
    let runtime = Builder::new_current_thread().enable_io().build().expect("a runtime");
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(64 * 1024).expect("a small buffer");
        socket.connect(address).await.expect("the endpoint listens").into_std().expect("a stream")
    });
    stream.set_nonblocking(false).expect("a blocking stream");
    Client::over(stream)
}

/// Whoever does not read gets an end that is seen to be none.
#[test]
fn one_that_stalls_is_cut_off() {
    let _alone = alone();
    let (held, _huge) = (Held::new(), registry::register_collector(Huge));
    let exporter = serve();
    let (runtime, let_go) = occupied();
    let (other, unread) = runtime
        .block_on(async { (begin(Version::HTTP_11, "*/*").await, begin(Version::HTTP_11, "*/*").await) });
    // It is the third reader, and begins what all of them read.
    let mut stalled = connect_small(exporter.local_addr());
    stalled.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
    held.wait();
    held.let_go();
    drop(let_go);
    let lines = runtime.block_on(async {
        let (other, unread) = (other.await, unread.await);
        assert!(!other.headers().contains_key(header::CONTENT_LENGTH));
        let body = to_bytes(Body::new(other.into_body()), usize::MAX).await.expect("the whole body");
        let cut_off = to_bytes(Body::new(unread.into_body()), usize::MAX).await;
        assert!(cut_off.is_err());
        body.split(|&byte| byte == b'\n').filter(|line| line.starts_with(b"huge_")).count()
    });
    assert_eq!(lines, 64 * 32);
    let response = stalled.read_head().expect("a response");
    assert_eq!((response.status, response.header("transfer-encoding")), (200, Some("chunked")));
    assert!(stalled.read_chunks().is_err());
    // The endpoint goes on.
    assert_eq!(Client::connect(exporter.local_addr()).ask("GET", "/", &[]).status, 404);
}

#[cfg(feature = "gzip")]
#[test]
fn those_who_come_together_are_compressed_for_once() {
    let _alone = alone();
    let before = scrapes();
    let gzip = || begin_with(Request::get("/").header(header::ACCEPT_ENCODING, "gzip"));
    let (runtime, let_go) = occupied();
    let (first, second) = runtime.block_on(async {
        let (first, second) = (gzip().await, gzip().await);
        drop(let_go);
        let read = async |answer: Answer| {
            let response = answer.await;
            assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
            to_bytes(Body::new(response.into_body()), usize::MAX).await.expect("the whole body")
        };
        (read(first).await, read(second).await)
    });
    assert_eq!(first, second);
    assert!(first.starts_with(&[0x1f, 0x8b]));
    assert_eq!(scrapes(), before + 1);
}
