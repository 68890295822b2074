use tallymark::{Counter, metric};

/// Orders.
#[metric(alert(name = "ManyOrders", when = "irate[5m] > 10"))]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
