use tallymark::{Gauge, metric};

const NAMESPACE: &str = "Shop";

/// Orders waiting.
#[metric(namespace = NAMESPACE)]
static ORDERS_WAITING: Gauge = Gauge::new();

/// Time waited.
#[metric(name = concat!("time_waited", "_ms"))]
static TIME_WAITED: Gauge = Gauge::new();

fn main() {
    ORDERS_WAITING.set(1.0);
    TIME_WAITED.set(1.0);
}
