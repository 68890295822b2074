use tallymark::{Counter, metric};

/// Orders.
#[metric]
const ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
