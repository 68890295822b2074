use tallymark::{Counter, metric};

/// Orders.
#[metric]
static mut ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
