use tallymark::{UpDownCounter, in_flight, metric};

/// Orders.
#[metric]
static ORDERS: UpDownCounter = UpDownCounter::new();

#[in_flight(ORDERS)]
const fn three() -> u8 {
    3
}

fn main() {}
