use tallymark::{Gauge, metric};

/// Orders.
#[metric]
static ORDERS_COUNT: Gauge = Gauge::new();

fn main() {}
