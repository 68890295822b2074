//! The shop under traffic, scraped over HTTP, with faults that are turned on and off.

use super::families::Shop;
use std::{
    error::Error,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tallymark_core::registry::{self, Format};

/// Serves metrics at an address that is printed, until standard input ends. Each line of it turns faults `on` or `off`.
pub(crate) fn serve(shop: Shop) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let faults = Arc::new(AtomicBool::new(false));
    let on = Arc::clone(&faults);
    std::thread::spawn(move || {
        for round in 1.. {
            // Of all rounds, those in which nothing goes wrong by itself.
            shop.serve(60 * round + 1);
            shop.fault(round, on.load(Ordering::Relaxed));
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A scraper that goes away is no fault of ours.
            let _ = respond(&stream);
        }
    });
    for line in std::io::stdin().lines() {
        faults.store(line?.trim() == "on", Ordering::Relaxed);
    }
    Ok(())
}

/// Responds with the metrics, whatever the path of the request.
fn respond(mut stream: &TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let body = registry::encode_to_string(Format::OpenMetrics100);
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n";
    write!(stream, "{head}Connection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}
