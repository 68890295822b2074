//! What does the live page cost the program? Ten tabs follow its sections, and scrapers come without pause, while a thread counts.
//!
//! ```sh
//! cargo run --release -p tallymark-exporter --features live,gzip --example live_cost
//! ```
//!
//! Rounds of the cases take turns, so that what else the machine does hits all of them alike; the best round of each is printed.

use std::{
    error::Error,
    fs,
    hint::black_box,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use tallymark::{
    Counter, Histogram, LabelSet, buckets,
    exporter::{self, Live},
    metric,
};

/// Something that happens very often.
#[metric]
static COST_EVENTS_TOTAL: Counter = Counter::new();

#[derive(LabelSet, Clone, Copy)]
struct Route<'a> {
    route: &'a str,
}

/// Requests of many routes.
#[metric]
static COST_REQUESTS_TOTAL: Counter<Route> = Counter::new();

/// Time that their responses took.
#[metric]
static COST_DURATION_SECONDS: Histogram<Route> =
    Histogram::new(buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0]);

const ROUTES: usize = 500;
const TABS: usize = 10;
const SCRAPERS: usize = 4;
const ROUNDS: usize = 7;
/// Between two samples, and between two requests of a tab.
const INTERVAL: Duration = Duration::from_millis(500);
const ROUND: Duration = Duration::from_millis(1_500);
const BATCH: u64 = 1_000_000;
const CAP: usize = 8 << 20;

type Failed = Box<dyn Error + Send + Sync>;

fn get(stream: &mut BufReader<TcpStream>, target: &str) -> Result<Vec<u8>, Failed> {
    write!(stream.get_mut(), "GET {target} HTTP/1.1\r\nHost: cost\r\nAccept-Encoding: gzip\r\n\r\n")?;
    let (mut length, mut chunked, mut line) = (0, false, String::new());
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let head = line.trim_end().to_ascii_lowercase();
        if head.is_empty() {
            break;
        }
        if let Some(text) = head.strip_prefix("content-length: ") {
            length = text.parse()?;
        }
        chunked |= head == "transfer-encoding: chunked";
    }
    let mut body = Vec::new();
    loop {
        if chunked {
            line.clear();
            stream.read_line(&mut line)?;
            length = usize::from_str_radix(line.trim(), 16)?;
        }
        let start = body.len();
        body.resize(start + length, 0);
        stream.read_exact(&mut body[start..])?;
        if !chunked {
            return Ok(body);
        }
        line.clear();
        stream.read_line(&mut line)?;
        if length == 0 {
            return Ok(body);
        }
    }
}

fn connect(address: SocketAddr) -> Result<BufReader<TcpStream>, Failed> {
    Ok(BufReader::new(TcpStream::connect(address)?))
}

/// A tab that asks for a section whenever there is a sample.
fn tab(address: SocketAddr, number: usize, stop: &AtomicBool) -> Result<usize, Failed> {
    let mut stream = connect(address)?;
    let section = ["application", "metrics", "metric:cost_duration_seconds"][number % 3];
    let mut bytes = 0;
    while !stop.load(Ordering::Relaxed) {
        bytes += get(&mut stream, &format!("/live/board?slug={section}"))?.len();
        thread::sleep(INTERVAL);
    }
    Ok(bytes)
}

fn scraper(address: SocketAddr, stop: &AtomicBool) -> Result<usize, Failed> {
    let mut stream = connect(address)?;
    let mut scrapes = 0;
    while !stop.load(Ordering::Relaxed) {
        get(&mut stream, "/metrics")?;
        scrapes += 1;
    }
    Ok(scrapes)
}

/// Returns the nanoseconds of one increment in the fastest batch of a round.
fn count() -> f64 {
    let began = Instant::now();
    let mut best = f64::INFINITY;
    while began.elapsed() < ROUND {
        let since = Instant::now();
        for _ in 0..BATCH {
            black_box(&COST_EVENTS_TOTAL).inc();
        }
        best = best.min(since.elapsed().as_secs_f64() * 1e9 / BATCH as f64);
    }
    best
}

fn resident() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| Some(line.strip_prefix("VmRSS:")?.trim().to_owned()))
}

fn processor_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks: f64 = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

/// What a case has.
struct Case {
    name: &'static str,
    live: bool,
    tabs: usize,
    scrapers: usize,
}

fn round(case: &Case) -> Result<(f64, usize), Failed> {
    let live = if case.live { Live::new().interval(INTERVAL).max_bytes(CAP) } else { Live::off() };
    let exporter = exporter::builder().address("127.0.0.1:0").live(live).serve()?;
    let address = exporter.local_addr();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let stop = &stop;
        let tabs: Vec<_> =
            (0..case.tabs).map(|number| scope.spawn(move || tab(address, number, stop))).collect();
        let scrapers: Vec<_> =
            (0..case.scrapers).map(|_| scope.spawn(move || scraper(address, stop))).collect();
        let best = count();
        stop.store(true, Ordering::Relaxed);
        let mut bytes = 0;
        for tab in tabs {
            bytes += tab.join().map_err(|_| "a tab has panicked")??;
        }
        for scraper in scrapers {
            scraper.join().map_err(|_| "a scraper has panicked")??;
        }
        Ok((best, bytes))
    })
}

/// Returns the processor time that samples and tabs take, per second, while nothing else runs.
fn idle(case: &Case) -> Result<f64, Failed> {
    let live = if case.live { Live::new().interval(INTERVAL).max_bytes(CAP) } else { Live::off() };
    let exporter = exporter::builder().address("127.0.0.1:0").live(live).serve()?;
    let address = exporter.local_addr();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let stop = &stop;
        let tabs: Vec<_> =
            (0..case.tabs).map(|number| scope.spawn(move || tab(address, number, stop))).collect();
        // Until the first samples are there.
        thread::sleep(INTERVAL * 4);
        let (before, since) = (processor_seconds(), Instant::now());
        thread::sleep(Duration::from_secs(10));
        let used = processor_seconds().zip(before).map_or(f64::NAN, |(after, before)| after - before);
        let share = used / since.elapsed().as_secs_f64();
        stop.store(true, Ordering::Relaxed);
        for tab in tabs {
            tab.join().map_err(|_| "a tab has panicked")??;
        }
        Ok(share)
    })
}

fn main() -> Result<(), Failed> {
    for route in 0..ROUTES {
        let route = format!("/route/{route}");
        COST_REQUESTS_TOTAL.with(Route { route: &route }).inc();
        COST_DURATION_SECONDS.with(Route { route: &route }).observe(0.02);
    }
    let cases = [
        Case { name: "no live page", live: false, tabs: 0, scrapers: 0 },
        Case { name: "live page, no tab", live: true, tabs: 0, scrapers: 0 },
        Case { name: "live page, one tab", live: true, tabs: 1, scrapers: 0 },
        Case { name: "live page, ten tabs", live: true, tabs: TABS, scrapers: 0 },
        Case { name: "no live page, scrape storm", live: false, tabs: 0, scrapers: SCRAPERS },
        Case { name: "live page, ten tabs, scrape storm", live: true, tabs: TABS, scrapers: SCRAPERS },
    ];
    let mut best = [f64::INFINITY; 6];
    for _ in 0..ROUNDS {
        for (case, best) in cases.iter().zip(&mut best) {
            *best = best.min(round(case)?.0);
        }
    }
    println!("a sample every {INTERVAL:?}, {} samples each, at most {} MiB", ROUTES * 14, CAP >> 20);
    println!("{:<36}{:>12}{:>24}", "", "ns of `inc`", "processors without it");
    for (case, best) in cases.iter().zip(best) {
        let share = if case.scrapers == 0 { format!("{:.4}", idle(case)?) } else { "-".to_owned() };
        println!("{:<36}{best:>12.3}{share:>24}", case.name);
    }
    println!("resident memory at the end: {}", resident().unwrap_or_else(|| "unknown".to_owned()));
    Ok(())
}
