use tallymark::{Counter, metric};

#[metric]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
