use tallymark::{Counter, metric};

/// Orders.
#[metric(skip)]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
