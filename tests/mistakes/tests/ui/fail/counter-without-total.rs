use tallymark::{Counter, metric};

/// Orders.
#[metric]
static ORDERS_CREATED: Counter = Counter::new();

fn main() {}
