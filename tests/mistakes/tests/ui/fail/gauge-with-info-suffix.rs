use tallymark::{Gauge, metric};

/// Orders.
#[metric]
static ORDERS_INFO: Gauge = Gauge::new();

fn main() {}
