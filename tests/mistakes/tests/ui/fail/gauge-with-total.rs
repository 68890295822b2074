use tallymark::{Gauge, metric};

/// Orders.
#[metric]
static ORDERS_TOTAL: Gauge = Gauge::new();

fn main() {}
