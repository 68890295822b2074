use tallymark::{metric};

/// Orders.
#[metric]
fn orders_total() {}

fn main() {}
