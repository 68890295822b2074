use tallymark::{metric};

/// Orders.
#[metric]
static ORDERS: u32 = 3;

fn main() {}
