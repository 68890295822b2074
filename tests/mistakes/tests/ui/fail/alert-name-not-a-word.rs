use tallymark::{Counter, metric};

/// Orders.
#[metric(alert(name = "many orders", when = "rate[5m] > 10"))]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
