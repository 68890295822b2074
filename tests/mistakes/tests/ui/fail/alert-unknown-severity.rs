use tallymark::{Counter, metric};

/// Orders.
#[metric(alert(name = "ManyOrders", when = "rate[5m] > 10", severity = "page"))]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
