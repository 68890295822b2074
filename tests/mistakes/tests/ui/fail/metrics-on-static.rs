use tallymark::{Counter, metrics};

/// Orders.
#[metrics]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
