use tallymark::{Counter, metric};

#[metric(help = " ")]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
