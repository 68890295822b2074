use tallymark::{Gauge, metric};

type Level = Gauge;

/// Orders that wait.
#[metric(alert(name = "OrdersWait", when = "increase[5m] > 10"))]
static ORDERS_PENDING: Level = Gauge::new();

fn main() {}
