use tallymark::{Counter, metric, timed};

/// Orders.
#[metric]
static ORDERS_TOTAL: Counter = Counter::new();

#[timed(ORDERS_TOTAL)]
fn three() -> u8 {
    3
}

fn main() {}
