//! One worker: as much of an HTTP/1 server as this example needs.

use rustix::net::{AddressFamily, SocketType, bind, listen, socket, sockopt};
use std::{
    io::{self, BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream},
    thread,
};
use tallymark::{Histogram, LabelSet, UpDownCounter, buckets, encode_to_string, metrics, registry::Format};

#[derive(LabelSet)]
pub(crate) struct Route<'a> {
    route: &'a str,
}

#[metrics(namespace = "prefork")]
mod worker_metrics {
    use super::{Histogram, Route, UpDownCounter, buckets};
    use tallymark::{Counter, Gauge};

    /// Requests that were served, by route.
    pub(super) static REQUESTS_TOTAL: Counter<Route<'static>> = Counter::new();
    /// Requests in progress.
    pub(super) static REQUESTS_IN_FLIGHT: UpDownCounter = UpDownCounter::new();
    /// Bytes of request heads.
    pub(super) static REQUEST_HEAD_BYTES: Histogram = Histogram::new(buckets![64.0, 256.0, 1024.0, 4096.0]);
    /// The number of each worker.
    pub(super) static WORKER_NUMBER: Gauge = Gauge::new();
}
use worker_metrics::{REQUEST_HEAD_BYTES, REQUESTS_IN_FLIGHT, REQUESTS_TOTAL, WORKER_NUMBER};

/// Listens on a port that other workers listen on as well. The kernel chooses one of them for each connection.
fn listener(port: u16) -> io::Result<TcpListener> {
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
    sockopt::set_socket_reuseport(&socket, true)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))?;
    listen(&socket, 128)?;
    Ok(socket.into())
}

fn respond(mut stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    let mut read = reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        let more = reader.read_line(&mut line)?;
        read += more;
        if more == 0 || line == "\r\n" {
            break;
        }
    }
    let _in_flight = REQUESTS_IN_FLIGHT.in_flight();
    let route = first.split(' ').nth(1).unwrap_or("/");
    let route = if route.starts_with("/metrics") { "/metrics" } else { "/" };
    let body = match route {
        "/metrics" => encode_to_string(Format::Text004),
        _ => format!("hello from process {}\n", std::process::id()),
    };
    // Counted before the response is sent: a request whose response has arrived is counted, even if this process is killed.
    REQUESTS_TOTAL.with(Route { route }).inc();
    REQUEST_HEAD_BYTES.observe(read as f64);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

pub(crate) fn serve(worker: usize, port: u16) -> io::Result<()> {
    WORKER_NUMBER.set(worker as f64);
    for stream in listener(port)?.incoming() {
        let stream = stream?;
        thread::spawn(move || {
            // A client that went away is no error of the server.
            let _ = respond(&stream);
        });
    }
    Ok(())
}
