use tallymark::{Counter, count_errors, metric};

/// Orders.
#[metric]
static ORDERS_TOTAL: Counter = Counter::new();

#[count_errors(ORDERS_TOTAL)]
fn nothing() {}

fn main() {}
