//! A program with all kinds of metrics, built with and without `--cfg tallymark_off`. `run.sh` runs both, and looks at the
//! instructions of the functions whose names begin with `off_`, which are those of `bare_` functions or nothing but `ret`.

use std::{
    hint::black_box,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use tallymark::{
    Counter, CounterHandle, FloatCounter, Gauge, GaugeHandle, Histogram, HistogramHandle, Info, IntGauge, Labelled,
    LabelSet, LabelValue, Model as _, ModelMetrics, StateSet, Summary, UpDownCounter, UpDownHandle, buckets, counted, exporter,
    gauge_fn, in_flight, metrics, model_op, place,
    registry::{self, Declaration, Format},
    timed,
};

#[derive(LabelValue, Clone, Copy)]
enum Verb {
    Get,
    Post,
}

#[derive(LabelSet, Clone, Copy)]
struct Closed {
    verb: Verb,
}

#[derive(LabelSet, Clone, Copy)]
struct Open<'a> {
    user: &'a str,
}

#[derive(StateSet, Clone, Copy)]
enum Circuit {
    Closed,
    Open,
}

#[derive(LabelSet, Clone, Copy)]
struct Version<'a> {
    version: &'a str,
}

#[derive(ModelMetrics)]
struct Order {
    #[allow(dead_code, reason = "a model has columns")]
    id: u64,
}

#[metrics(namespace = "off")]
mod all {
    use super::*;

    /// Without labels.
    pub static PLAIN_TOTAL: Counter = Counter::new();
    /// With closed labels.
    pub static CLOSED_TOTAL: Counter<Closed> = Counter::new();
    /// With open labels.
    pub static OPEN_TOTAL: Counter<Open> = Counter::new();
    /// With fractions.
    pub static COST_DOLLARS_TOTAL: FloatCounter = Counter::new();
    /// A level that is set.
    #[metric(allow(unit))]
    pub static LEVEL: Gauge = Gauge::new();
    /// Levels with labels.
    pub static LEVELS: IntGauge<Open> = Gauge::new();
    /// A level that goes up and down.
    pub static RUNNING: UpDownCounter = UpDownCounter::new();
    /// Durations.
    pub static WAIT_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0]);
    /// Durations with labels.
    pub static WAITS_SECONDS: Histogram<Open> = Histogram::new(buckets![0.1, 1.0]);
    /// Sizes.
    pub static REPLY_BYTES: Summary = Summary::new();
    /// A state.
    pub static CIRCUIT: StateSet<Circuit> = StateSet::new();
    /// A version.
    pub static BUILT_INFO: Info<Version> = Info::unset();
}
use all::*;

/// A level that a function returns.
#[gauge_fn(namespace = "off")]
fn asked() -> u64 {
    assert!(!cfg!(tallymark_off), "nothing asks");
    7
}

#[inline(never)]
fn off_counter() {
    PLAIN_TOTAL.inc();
}

#[inline(never)]
fn off_handle(handle: CounterHandle) {
    handle.inc_by(3);
}

#[inline(never)]
fn off_closed(verb: Verb) {
    CLOSED_TOTAL.with(Closed { verb }).inc();
}

#[inline(never)]
fn off_open(user: &str) {
    OPEN_TOTAL.with(Open { user }).inc();
}

#[inline(never)]
fn off_float(amount: f64) {
    COST_DOLLARS_TOTAL.inc_by(amount);
}

#[inline(never)]
fn off_gauge(value: f64) {
    LEVEL.set(value);
}

#[inline(never)]
fn off_gauge_handle(handle: GaugeHandle) {
    handle.add(1.0);
}

#[inline(never)]
fn off_gauge_open(user: &str) {
    LEVELS.with(Open { user }).inc();
}

#[inline(never)]
fn off_up_down(steps: i64) {
    RUNNING.handle().add(steps);
    let _guard = RUNNING.in_flight();
}

#[inline(never)]
fn off_up_down_handle(handle: UpDownHandle) {
    handle.inc();
}

#[inline(never)]
fn off_histogram(value: f64) {
    WAIT_SECONDS.observe(value);
}

#[inline(never)]
fn off_histogram_handle(handle: HistogramHandle, value: f64) {
    handle.observe(value);
}

#[inline(never)]
fn off_histogram_open(user: &str, value: Duration) {
    WAITS_SECONDS.with(Open { user }).observe_duration(value);
}

#[inline(never)]
fn off_timer() {
    let _timer = WAIT_SECONDS.start_timer();
}

#[inline(never)]
fn off_summary(value: f64) {
    REPLY_BYTES.observe(value);
}

#[inline(never)]
fn off_state(circuit: Circuit) {
    CIRCUIT.set(circuit);
}

#[inline(never)]
fn off_rows(rows: u64) {
    Order::metrics().inserted(rows);
}

#[inline(never)]
fn off_run_time(family: &Labelled<Counter>, value: &str) {
    family.with(&[value]).inc();
}

/// What a program does itself, beside which the annotated ones are looked at.
#[inline(always)]
fn work(value: u64) -> Result<u64, u64> {
    if black_box(value) > 3 { Ok(value) } else { Err(value) }
}

#[inline(never)]
fn bare_fallible(value: u64) -> Result<u64, u64> {
    work(value)
}

#[inline(never)]
#[timed]
fn off_timed(value: u64) -> Result<u64, u64> {
    work(value)
}

#[inline(never)]
#[timed(WAIT_SECONDS)]
#[counted(PLAIN_TOTAL)]
#[in_flight(RUNNING)]
fn off_stacked(value: u64) -> Result<u64, u64> {
    work(value)
}

#[inline(never)]
fn bare_infallible(value: u64) -> u64 {
    black_box(value)
}

#[inline(never)]
#[timed(in_flight)]
fn off_timed_infallible(value: u64) -> u64 {
    black_box(value)
}

#[timed(in_flight)]
async fn timed_future(value: u64) -> Result<u64, u64> {
    work(value)
}

#[model_op(Order, insert)]
fn insert(rows: u64) -> Result<u64, ()> {
    Ok(rows)
}

fn poll_once(future: impl Future<Output = Result<u64, u64>>) -> u64 {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(value)) => value,
        other => panic!("{other:?}"),
    }
}

/// The body of a scrape, and the head before it.
fn scrape(address: SocketAddr, accept: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = format!("GET /metrics HTTP/1.1\r\nhost: here\r\nconnection: close\r\naccept: {accept}\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut response = Vec::new();
    stream.read_to_end(&mut response).expect("a response");
    let end = response.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head") + 4;
    let body = response.split_off(end);
    (String::from_utf8(response).expect("text"), body)
}

/// Calls functions through pointers that the compiler knows nothing of, so that each one is there as it is, and prints where:
/// the compiler gives functions that are alike one address, and one name.
macro_rules! call {
    ($($function:ident: $type:ty, $($arguments:tt),+;)+) => {
        $(
            let function: $type = black_box($function);
            println!("{} {:x}", stringify!($function), function as usize);
            $(let _ = function $arguments;)+
        )+
    };
}

fn main() {
    let family = Declaration::new("off_run_time_total", "At run time.", place!()).labels(["peer"]);
    let family: &Labelled<Counter> = family.declare(Counter::new).expect("a good name");
    let ann = String::from("ann");
    call! {
        off_counter: fn(), ();
        off_handle: fn(CounterHandle), (PLAIN_TOTAL.handle());
        off_closed: fn(Verb), (Verb::Get), (Verb::Post);
        off_open: fn(&str), (&ann);
        off_float: fn(f64), (0.5), (f64::NAN);
        off_gauge: fn(f64), (3.0);
        off_gauge_handle: fn(GaugeHandle), (LEVEL.handle());
        off_gauge_open: fn(&str), (&ann);
        off_up_down: fn(i64), (5);
        off_up_down_handle: fn(UpDownHandle), (RUNNING.handle());
        off_histogram: fn(f64), (0.3), (f64::NAN);
        off_histogram_handle: fn(HistogramHandle, f64), (WAIT_SECONDS.handle(), f64::INFINITY);
        off_histogram_open: fn(&str, Duration), (&ann, Duration::from_millis(5));
        off_timer: fn(), ();
        off_summary: fn(f64), (512.0);
        off_state: fn(Circuit), (Circuit::Open), (Circuit::Closed);
        off_rows: fn(u64), (2);
        off_run_time: fn(&Labelled<Counter>, &str), (family, "north");
        bare_fallible: fn(u64) -> Result<u64, u64>, (1), (4);
        off_timed: fn(u64) -> Result<u64, u64>, (1), (4);
        off_stacked: fn(u64) -> Result<u64, u64>, (1), (4);
        bare_infallible: fn(u64) -> u64, (4);
        off_timed_infallible: fn(u64) -> u64, (4);
    }
    BUILT_INFO.set(Version { version: "1.2.3" });
    assert_eq!((off_timed(4), off_stacked(1), off_timed_infallible(4)), (Ok(4), Err(1), 4));
    assert_eq!(poll_once(timed_future(4)), 4);
    assert_eq!(insert(2), Ok(2));

    let off = cfg!(tallymark_off);
    registry::check().expect("no conflicts");
    let snapshot = registry::snapshot();
    let read = (PLAIN_TOTAL.get(), OPEN_TOTAL.sum(), LEVEL.get(), RUNNING.get(), WAIT_SECONDS.get().count());
    let expected = if off { (0, 0, 0.0, 0, 0) } else { (7, 1, 4.0, 6, 6) };
    assert_eq!(read, expected);
    assert_eq!(REPLY_BYTES.get().count(), u64::from(!off));
    assert_eq!(snapshot.families().is_empty(), off, "{snapshot:?}");
    assert_eq!(registry::encode_to_string(Format::Text004).is_empty(), off);

    let exporter = exporter::serve("127.0.0.1:0").expect("a port");
    for (accept, empty) in [
        ("text/plain;version=0.0.4", ""),
        ("application/openmetrics-text;version=1.0.0", "# EOF\n"),
        ("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited", ""),
    ] {
        let (head, body) = scrape(exporter.local_addr(), accept);
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert!(head.contains(accept.split(';').next().unwrap_or_default()), "{head}");
        assert_eq!(body == empty.as_bytes(), off, "{accept}: {}", String::from_utf8_lossy(&body));
    }
    println!("{}: {} families", if off { "off" } else { "on" }, snapshot.families().len());
}
