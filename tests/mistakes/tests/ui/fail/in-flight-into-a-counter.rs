use tallymark::{Counter, in_flight, metric};

/// Orders.
#[metric]
static ORDERS_TOTAL: Counter = Counter::new();

#[in_flight(ORDERS_TOTAL)]
fn three() -> u8 {
    3
}

fn main() {}
