//! Clients that mean no good, or know no better.

use std::{
    io::Write,
    net::{Shutdown, TcpStream},
    thread,
    time::Duration,
};

use tallymark::exporter;

use crate::{
    alone,
    client::{self, Client, PATIENCE},
    load::{begin, large},
    serve,
};

/// Half a head on every connection that there may be. A scraper waits for its turn, and gets it.
#[test]
fn slow_heads() {
    let _alone = alone();
    let exporter = exporter::builder()
        .address("127.0.0.1:0")
        .max_connections(8)
        .read_timeout(Duration::from_millis(300))
        .serve()
        .expect("a port");
    let address = exporter.local_addr();
    let crowd: Vec<Client> = (0..24)
        .map(|_| {
            let mut client = Client::connect(address);
            client.send("GET /metrics HTTP/1.1\r\nHost: te");
            client
        })
        .collect();
    client::scrape(address);
    for mut client in crowd {
        client.expect_end();
    }
}

/// Connections that say nothing, more than there may be. A scrape under way is not closed for them, and a scraper comes
/// through.
#[test]
fn silent_connections() {
    let (_alone, _large) = (alone(), large());
    let exporter = exporter::builder().address("127.0.0.1:0").max_connections(8).serve().expect("a port");
    let address = exporter.local_addr();
    let mut slow = begin(address);
    let mut used = Client::connect(address);
    assert_eq!(used.ask("OPTIONS", "/metrics", &[]).status, 204);
    let silent: Vec<Client> = (0..24).map(|_| Client::connect(address)).collect();
    // It is after all of these, and they stay as long as they are let.
    assert_eq!(Client::connect(address).ask("OPTIONS", "/metrics", &[]).status, 204);
    used.expect_end();
    assert!(!slow.read_chunks().expect("the whole body").is_empty());
    drop(silent);
}

/// A head that goes on for ever, a byte at a time, comes to its end all the same.
#[test]
fn a_head_without_end() {
    let _alone = alone();
    let exporter = exporter::builder()
        .address("127.0.0.1:0")
        .read_timeout(Duration::from_millis(300))
        .serve()
        .expect("a port");
    let mut stream = TcpStream::connect(exporter.local_addr()).expect("the endpoint listens");
    stream.set_nodelay(true).expect("an option");
    stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    stream.write_all(b"GET /metrics HTTP/1.1\r\nX: ").expect("the endpoint reads");
    while stream.write_all(b"x").is_ok() {
        thread::yield_now();
    }
    client::scrape(exporter.local_addr());
}

/// Whoever has said all that it wants to say may close its half, as `nc -N` does.
#[test]
fn half_closed_after_a_request() {
    let _alone = alone();
    let exporter = serve();
    let stream = TcpStream::connect(exporter.local_addr()).expect("the endpoint listens");
    let mut client = Client::over(stream.try_clone().expect("a second handle"));
    client.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
    stream.shutdown(Shutdown::Write).expect("half of it");
    let response = client.read(false).expect("a whole response");
    assert_eq!((response.status, response.length()), (200, Some(response.body.len())));
    client.expect_end();
}

#[test]
fn half_closed_too_early() {
    let _alone = alone();
    let exporter = serve();
    for said in ["", "GET /met", "GET /metrics HTTP/1.1\r\nHost: test\r\n"] {
        let mut stream = TcpStream::connect(exporter.local_addr()).expect("the endpoint listens");
        stream.write_all(said.as_bytes()).expect("the endpoint reads");
        stream.shutdown(Shutdown::Write).expect("half of it");
        let answer = String::from_utf8(Client::over(stream).rest()).expect("text");
        assert!(!answer.contains(" 200 "), "{answer}");
    }
    client::scrape(exporter.local_addr());
}

/// Requests one after the other, without waiting for a response and without reading one.
#[test]
fn requests_without_end() {
    let _alone = alone();
    let exporter = exporter::builder()
        .address("127.0.0.1:0")
        .write_timeout(Duration::from_millis(300))
        .serve()
        .expect("a port");
    let mut stream = TcpStream::connect(exporter.local_addr()).expect("the endpoint listens");
    stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    let requests = "GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n".repeat(100);
    // It is not read any further once nobody takes the responses, and then sent away.
    while stream.write_all(requests.as_bytes()).is_ok() {}
    client::scrape(exporter.local_addr());
}
