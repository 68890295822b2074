use tallymark::{Counter, metric};

/// Orders.
#[metric(crate = "tallymark")]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
