//! Names that must be kept can be kept.
use tallymark::{Counter, Gauge, LabelSet, metric};

#[derive(LabelSet)]
struct Old<'a> {
    #[label(rename = "paymentProvider", allow(name))]
    provider: &'a str,
    method: bool,
}

/// Names its label and has another unit.
#[metric(allow(name, unit, label))]
static REQUESTS_BY_METHOD_MS_TOTAL: Counter<Old<'static>> = Counter::new();

/// Does not end in `_total`.
#[metric(name = "requestCount", allow(name, total, suffix))]
static REQUESTS: Counter = Counter::new();

/// Ends in `_total`.
#[metric(allow(total))]
static ORDERS_TOTAL: Gauge = Gauge::new();

/// Ends in a suffix of the formats.
#[metric(allow(suffix))]
static ORDERS_COUNT: Gauge = Gauge::new();

fn main() {
    REQUESTS_BY_METHOD_MS_TOTAL.with(Old { provider: "a", method: true }).inc();
    REQUESTS.inc();
    ORDERS_TOTAL.set(1.0);
    ORDERS_COUNT.set(1.0);
}
