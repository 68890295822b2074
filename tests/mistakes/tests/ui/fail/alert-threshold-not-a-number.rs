use tallymark::{Counter, metric};

/// Orders.
#[metric(alert(name = "ManyOrders", when = "rate[5m] > NaN"))]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
