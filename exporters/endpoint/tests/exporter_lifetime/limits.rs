//! How many scrapes there may be, and how long they may take.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use tallymark::{
    Number,
    exporter::{self, Builder},
    registry,
    snapshot::Value,
};

use crate::{
    alone,
    client::{self, Client, PATIENCE},
    load::{Held, begin, large, scrapes},
};

fn builder() -> Builder {
    exporter::builder().address("127.0.0.1:0")
}

pub(crate) fn refused(reason: &str) -> u64 {
    let snapshot = registry::snapshot();
    let family = snapshot.family("tallymark_scrapes_refused_total").expect("it is declared");
    let mut series = family.series.iter().filter(|series| series.labels.iter().any(|(_, own)| own == reason));
    match series.next().map(|series| &series.value) {
        Some(Value::Number(Number::U64(number))) => *number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn so_many_at_once() {
    let _alone = alone();
    let before = refused("busy");
    let held = Held::new();
    let exporter = builder().max_scrapes(1).serve().expect("a port");
    let address = exporter.local_addr();
    let first = thread::spawn(move || client::scrape(address));
    held.wait();
    let mut client = Client::connect(address);
    for method in ["GET", "HEAD"] {
        let busy = client.ask(method, "/metrics", &[]);
        assert_eq!((busy.status, busy.header("retry-after")), (503, Some("1")), "{method}");
        assert_eq!(busy.header("cache-control"), Some("no-store"));
    }
    // What encodes nothing is no scrape.
    assert_eq!(client.ask("OPTIONS", "/metrics", &[]).status, 204);
    assert_eq!(client.ask("GET", "/elsewhere", &[]).status, 404);
    held.let_go();
    assert!(first.join().expect("a response").body.contains("\ngate 1\n"));
    drop(held);
    assert_eq!(refused("busy"), before + 2);
    // There is room again once the first was handed over, which may be a moment after its client has it.
    let deadline = Instant::now() + PATIENCE;
    while client.ask("GET", "/metrics", &[]).status == 503 {
        assert!(Instant::now() < deadline, "the place is never given back");
        thread::yield_now();
    }
}

/// A scrape takes its place until it is read, and gives it back when its client goes away.
#[test]
fn unread_scrapes_take_their_place() {
    let (_alone, _large) = (alone(), large());
    let exporter = builder().max_scrapes(1).serve().expect("a port");
    let unread = begin(exporter.local_addr());
    let mut client = Client::connect(exporter.local_addr());
    assert_eq!(client.ask("GET", "/metrics", &[]).status, 503);
    drop(unread);
    let deadline = Instant::now() + PATIENCE;
    while client.ask("HEAD", "/metrics", &[]).status == 503 {
        assert!(Instant::now() < deadline, "the place is never given back");
        thread::yield_now();
    }
}

#[test]
fn so_long() {
    let _alone = alone();
    let (before, encoded) = (refused("timeout"), scrapes());
    let held = Held::new();
    let exporter = builder().request_timeout(Duration::from_secs(1)).serve().expect("a port");
    let mut client = Client::connect(exporter.local_addr());
    let late = client.ask("GET", "/metrics", &[]);
    assert_eq!((late.status, late.header("retry-after")), (503, Some("1")));
    // The connection goes on, and so does what needs no encoding.
    assert_eq!(client.ask("GET", "/elsewhere", &[]).status, 404);
    held.wait();
    held.let_go();
    drop(held);
    assert_eq!(refused("timeout"), before + 1);
    // What was begun for it comes to its end, which other tests must not count as one of theirs.
    let deadline = Instant::now() + PATIENCE;
    while scrapes() == encoded {
        assert!(Instant::now() < deadline, "it never ends");
        thread::yield_now();
    }
}

/// Whoever does not read is not waited for any longer, however patient one would be with the connection.
#[test]
fn no_longer_than_that() {
    let (_alone, _large) = (alone(), large());
    let before = refused("timeout");
    let exporter = builder()
        // The beginning must be there by then, which takes a while in a debug build on a busy machine.
        .request_timeout(Duration::from_secs(10))
        .write_timeout(Duration::from_secs(3600))
        .grace(2 * PATIENCE)
        .serve()
        .expect("a port");
    let mut client = begin(exporter.local_addr());
    let (report, stopped) = mpsc::channel();
    thread::spawn(move || {
        exporter.stop();
        let _ = report.send(());
    });
    stopped.recv_timeout(PATIENCE).expect("the connection was closed");
    assert!(client.read_chunks().is_err());
    assert_eq!(refused("timeout"), before + 1);
}
