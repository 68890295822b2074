use tallymark::{Counter, metric};

type Tally = Counter;

/// Orders.
#[metric]
static ORDERS: Tally = Counter::new();

fn main() {}
