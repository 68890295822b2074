use tallymark::{Gauge, metric};

/// Orders that wait.
#[metric(alert(name = "OrdersWait", when = "rate[5m] > 10"))]
static ORDERS_PENDING: Gauge = Gauge::new();

fn main() {}
