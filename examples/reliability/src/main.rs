//! What scrapers do to the application that they scrape: the latency of a thread that counts, while nobody scrapes, while
//! a thousand scrapers come again and again, and while a thousand clients never finish their request.
//!
//! `cargo run --release -p reliability`, or with `-- --seconds 30` for each of the three; five are the default.
//!
//! The clients are a process of their own. It is this program, started with other arguments.

mod crowd;

use std::{
    env,
    error::Error,
    fs, thread,
    time::{Duration, Instant},
};

use crowd::Crowd;
use tallymark::{Counter, Histogram, LabelSet, buckets, exporter, metrics};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// One reading of the clock for so many operations, which take less than the clock can tell.
const BATCH: u32 = 64;

#[derive(LabelSet)]
struct Request<'a> {
    route: &'a str,
}

#[metrics(namespace = "shop")]
mod shop {
    use super::{Counter, Histogram, Request, buckets};

    /// Orders created.
    pub(super) static ORDERS_CREATED_TOTAL: Counter = Counter::new();

    /// Requests by route.
    pub(super) static REQUESTS_TOTAL: Counter<Request<'static>> = Counter::new();

    /// Time that requests took.
    pub(super) static REQUEST_DURATION_SECONDS: Histogram = Histogram::new(buckets![0.01, 0.1, 1.0]);
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => measure(Duration::from_secs(5)),
        ["--seconds", seconds] => measure(Duration::try_from_secs_f64(seconds.parse()?)?),
        ["scrapers", address] => crowd::run(address, crowd::scrape_for_ever),
        ["slow", address] => crowd::run(address, crowd::say_little),
        _ => Err("the only option is `--seconds NUMBER`".into()),
    }
}

/// Runs the three phases and prints a table of them.
fn measure(time: Duration) -> Result<()> {
    // Something to be scraped: 1,000 series beside those that are counted below.
    let routes: Vec<String> = (0..1000).map(|route| format!("/orders/{route}")).collect();
    for route in &routes {
        shop::REQUESTS_TOTAL.with(Request { route }).inc();
    }
    let exporter =
        exporter::builder().address("127.0.0.1:0").read_timeout(Duration::from_secs(10)).serve()?;
    let address = exporter.local_addr().to_string();

    println!("| clients | operations | p50 | p99 | p99.9 | answered | descriptors | resident |");
    println!("|---|--:|--:|--:|--:|--:|--:|--:|");
    for (name, role) in
        [("none", None), ("1,000 scrapers", Some("scrapers")), ("1,000 half requests", Some("slow"))]
    {
        let mut crowd = role.map(|role| Crowd::start(role, &address)).transpose()?;
        let mut latencies = count(time, &routes);
        let (descriptors, resident) = (descriptors(), resident());
        let answered = crowd.as_mut().map_or(Ok(0), Crowd::stop)?;
        latencies.sort_unstable();
        let at = |thousandths: usize| {
            let took = latencies.get(latencies.len() * thousandths / 1000).copied().unwrap_or_default();
            f64::from(took) / f64::from(BATCH)
        };
        println!(
            "| {name} | {} | {:.1} ns | {:.1} ns | {:.1} ns | {answered} | {descriptors} | {resident} |",
            latencies.len() * BATCH as usize,
            at(500),
            at(990),
            at(999),
        );
    }
    println!();
    println!(
        "{} processors; an operation is two counters, one of them with a label, and a histogram.",
        thread::available_parallelism()?
    );
    Ok(())
}

/// Counts for so long. Returns the time that each batch took, in nanoseconds.
fn count(time: Duration, routes: &[String]) -> Vec<u32> {
    let mut latencies = Vec::with_capacity(1 << 22);
    let mut routes = routes.iter().cycle();
    let start = Instant::now();
    let mut before = start;
    while before.duration_since(start) < time {
        let route = routes.next().map_or("", String::as_str);
        for _ in 0..BATCH {
            shop::ORDERS_CREATED_TOTAL.inc();
            shop::REQUESTS_TOTAL.with(Request { route }).inc();
            shop::REQUEST_DURATION_SECONDS.observe(0.05);
        }
        let now = Instant::now();
        let took = now.duration_since(before).as_nanos();
        latencies.push(u32::try_from(took).unwrap_or(u32::MAX));
        before = now;
    }
    latencies
}

/// Open file descriptors of this process, where the system shows them.
fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// Resident memory of this process, where the system shows it.
fn resident() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
}
