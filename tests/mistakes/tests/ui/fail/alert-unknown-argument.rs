use tallymark::{Counter, metric};

/// Orders.
#[metric(alert(name = "ManyOrders", when = "rate[5m] > 10", sumary = "Many orders"))]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
