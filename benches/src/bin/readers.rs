//! What clients that ask for metrics and never read them make a process hold.
//!
//! `cargo run --release -p tallymark-benches --bin readers` prints one row for each format: 512 connections, each of which asks for
//! everything in another selection, beside 100,000 series.

use std::{
    fs,
    io::{self, Read, Write},
    net::TcpStream,
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

use tallymark::{
    Counter, Histogram, LabelSet, buckets, exporter, metric,
    registry::{self, Selection},
};
use tallymark_benches::harness::{
    allocator::{self, Counting},
    machine,
};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[derive(LabelSet)]
struct Shard<'a> {
    shard: &'a str,
}

/// Things counted.
#[metric(name = "grown_total", max_series = 2_000_000)]
static GROWN: Counter<Shard<'static>> = Counter::new();

/// How long something took.
#[metric(name = "grown_seconds", max_series = 2_000_000)]
static TIMES: Histogram<Shard<'static>> = Histogram::new(buckets![0.1, 1.0, 10.0]);

const CONNECTIONS: usize = 512;
const FORMATS: [(&str, &str); 3] = [
    ("text", "text/plain;version=0.0.4"),
    ("OpenMetrics", "application/openmetrics-text;version=1.0.0"),
    (
        "protobuf",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    ),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [child, address, accept] if child == "--clients" => clients(address, accept),
        [child, series, accept] if child == "--server" => {
            series.parse().map_err(io::Error::other).and_then(|series| serve(series, accept))
        }
        [] => all(100_000),
        [series] => series.parse().map_err(io::Error::other).and_then(all),
        _ => Err(io::Error::other("usage: readers [SERIES]")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn all(series: usize) -> io::Result<()> {
    println!("{}, {}, load {}\n", machine::date(), machine::describe(), machine::load());
    println!(
        "| format | series | connections | held at the end, KiB | at most | for a connection | resident, KiB | refused |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    for (name, accept) in FORMATS {
        print!("| {name} ");
        io::stdout().flush()?;
        let status = itself(&["--server", &series.to_string(), accept])?.wait()?;
        if !status.success() {
            return Err(io::Error::other(format!("{name}: {status}")));
        }
    }
    Ok(())
}

fn itself(arguments: &[&str]) -> io::Result<Child> {
    Command::new(std::env::current_exe()?).args(arguments).stdin(Stdio::piped()).spawn()
}

/// Asks as often as there are connections, reads nothing, and ends when there is no more standard input.
fn clients(address: &str, accept: &str) -> io::Result<()> {
    let ask = |at| {
        let mut stream = TcpStream::connect(address)?;
        let names = format!("name[]=grown_total&name[]=grown_seconds&name[]=other_{at}");
        write!(stream, "GET /metrics?{names} HTTP/1.1\r\nhost: here\r\naccept: {accept}\r\n\r\n")?;
        Ok(stream)
    };
    let connections: Vec<TcpStream> = (0..CONNECTIONS).map(ask).collect::<io::Result<_>>()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    drop(connections);
    Ok(())
}

fn resident_kib() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.ok_or_else(|| io::Error::other("no VmRSS in /proc/self/status"))
}

/// How many scrapes were refused as there were too many.
fn refused() -> u64 {
    let selection = Selection::of(["tallymark_scrapes_refused_total"]);
    let labels = [("reason", "busy")];
    registry::snapshot_of(&selection).counter("tallymark_scrapes_refused_total", &labels).unwrap_or(0)
}

/// Serves, has a child ask, and prints what is held.
fn serve(series: usize, accept: &str) -> io::Result<()> {
    for at in 0..series / 2 {
        let shard = format!("shard-{at}");
        GROWN.with(Shard { shard: &shard }).inc();
        TIMES.with(Shard { shard: &shard }).observe(0.5);
    }
    let exporter = exporter::builder()
        .address("127.0.0.1:0")
        .serve()
        .map_err(|error| io::Error::other(error.to_string()))?;
    let address = exporter.local_addr().to_string();
    // Once, so that what is there once is there.
    registry::encode(registry::Format::Text004, &mut Vec::new());
    let before = resident_kib()?;
    let (held, heap) = allocator::count(|| -> io::Result<_> {
        let child = itself(&["--clients", &address, accept])?;
        // As many as are refused have their response; the others are read until their sockets are full, which takes as long as
        // nothing moves for a second.
        let (mut last, mut since) = ((0, 0), Instant::now());
        while since.elapsed() < Duration::from_secs(2) {
            std::thread::sleep(Duration::from_millis(50));
            let now = (refused(), resident_kib()?);
            if now != last || now.0 == 0 {
                (last, since) = (now, Instant::now());
            }
        }
        Ok(child)
    });
    let mut child = held?;
    let (bytes, peak) = (heap.bytes / 1024, heap.peak / 1024);
    let each = bytes as f64 / CONNECTIONS as f64;
    let resident = resident_kib()?.saturating_sub(before);
    println!("| {series} | {CONNECTIONS} | {bytes} | {peak} | {each:.1} | {resident} | {} |", refused());
    drop(child.stdin.take());
    child.wait()?;
    drop(exporter);
    Ok(())
}
