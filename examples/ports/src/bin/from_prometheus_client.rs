//! A program that used Python's `prometheus_client`.
//!
//! ```python
//! REQUESTS = Counter("requests_total", "Requests handled.", ["method"])
//! LATENCY = Histogram("latency_seconds", "Time to handle a request.", buckets=[0.005, 0.05, 0.5])
//! IN_PROGRESS = Gauge("requests_in_progress", "Requests being handled.")
//! STATE = Enum("service_state", "State of the service.", states=["starting", "running"])
//! Info("service", "The service.").info({"version": "1.2.3"})
//!
//! @IN_PROGRESS.track_inprogress()
//! @LATENCY.time()
//! def handle(method):
//!     REQUESTS.labels(method=method).inc()
//!
//! start_http_server(8000)
//! ```

use tallymark::{
    Counter, Histogram, Info, LabelSet, LabelValue, StateSet, UpDownCounter, buckets, exporter, in_flight,
    metric, timed,
};

#[derive(LabelValue, Clone, Copy)]
#[label(rename_all = "SCREAMING_SNAKE_CASE")]
enum Method {
    Get,
    Post,
}

#[derive(LabelSet)]
struct Request {
    method: Method,
}

/// Requests handled.
#[metric]
static REQUESTS_TOTAL: Counter<Request> = Counter::new();

/// Time to handle a request.
#[metric]
static LATENCY_SECONDS: Histogram = Histogram::new(buckets![0.005, 0.05, 0.5]);

/// Requests being handled.
#[metric]
static REQUESTS_IN_PROGRESS: UpDownCounter = UpDownCounter::new();

#[derive(StateSet, Clone, Copy)]
enum State {
    Starting,
    Running,
}

/// State of the service.
#[metric]
static SERVICE_STATE: StateSet<State> = StateSet::new();

/// The service.
#[metric]
static SERVICE_INFO: Info = Info::new(&[("version", "1.2.3")]);

#[in_flight(REQUESTS_IN_PROGRESS)]
#[timed(LATENCY_SECONDS)]
fn handle(method: Method) {
    REQUESTS_TOTAL.with(Request { method }).inc();
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let exporter = exporter::serve("127.0.0.1:0")?;
    SERVICE_STATE.set(State::Starting);
    SERVICE_STATE.set(State::Running);
    handle(Method::Get);
    handle(Method::Post);
    println!("http://{}/metrics", exporter.local_addr());
    Ok(())
}
