use tallymark::{Counter, metric};

/// Orders.
#[metric]
#[allow(non_upper_case_globals)]
static OrdersTotal: Counter = Counter::new();

fn main() {}
