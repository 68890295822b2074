use tallymark::{Counter, count_errors, metric};

/// Orders.
#[metric]
static ORDERS_TOTAL: Counter = Counter::new();

#[count_errors(|_| ORDERS_TOTAL.handle())]
fn three() -> u8 {
    3
}

fn main() {}
