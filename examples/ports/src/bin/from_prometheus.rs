//! A program that used the `prometheus` crate.
//!
//! ```text
//! lazy_static! {
//!     static ref REQUESTS: IntCounterVec =
//!         register_int_counter_vec!("requests_total", "Requests handled.", &["method", "status"]).unwrap();
//!     static ref LATENCY: Histogram =
//!         register_histogram!("latency_seconds", "Time to handle a request.", vec![0.005, 0.05, 0.5]).unwrap();
//!     static ref OPEN: IntGauge = register_int_gauge!("connections_open", "Open connections.").unwrap();
//! }
//!
//! OPEN.inc();
//! let timer = LATENCY.start_timer();
//! REQUESTS.with_label_values(&["GET", "200"]).inc();
//! timer.observe_duration();
//! OPEN.dec();
//! let text = TextEncoder::new().encode_to_string(&prometheus::gather()).unwrap();
//! ```

use tallymark::{
    Counter, Histogram, IntGauge, LabelSet, LabelValue, buckets, encode_to_string, metric, registry::Format,
};

#[derive(LabelValue, Clone, Copy)]
#[label(rename_all = "SCREAMING_SNAKE_CASE")]
enum Method {
    Get,
    Post,
}

#[derive(LabelSet)]
struct Request<'a> {
    method: Method,
    status: &'a str,
}

/// Requests handled.
#[metric]
static REQUESTS_TOTAL: Counter<Request<'static>> = Counter::new();

/// Time to handle a request.
#[metric]
static LATENCY_SECONDS: Histogram = Histogram::new(buckets![0.005, 0.05, 0.5]);

/// Open connections.
#[metric]
static CONNECTIONS_OPEN: IntGauge = IntGauge::new();

fn handle(method: Method) {
    CONNECTIONS_OPEN.inc();
    let timer = LATENCY_SECONDS.start_timer();
    REQUESTS_TOTAL.with(Request { method, status: "200" }).inc();
    drop(timer);
    CONNECTIONS_OPEN.dec();
}

fn main() {
    handle(Method::Get);
    handle(Method::Post);
    print!("{}", encode_to_string(Format::Text004));
}
