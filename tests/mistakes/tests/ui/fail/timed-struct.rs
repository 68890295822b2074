use tallymark::{timed};

#[timed]
struct Order;

fn main() {}
