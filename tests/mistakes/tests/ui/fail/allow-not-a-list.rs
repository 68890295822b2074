use tallymark::{Counter, metric};

/// Orders.
#[metric(allow = "unit")]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
