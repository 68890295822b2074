use tallymark::{Counter, counted, metric};

/// Orders created.
#[metric]
static ORDERS_TOTAL: Counter = Counter::new();

#[counted(ORDERS_TOTAL ORDERS_TOTAL)]
fn create() {}

fn main() {}
