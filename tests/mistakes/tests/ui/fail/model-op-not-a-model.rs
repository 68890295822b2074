use tallymark::{model_op};

struct Order;

#[model_op(Order, insert)]
fn store() {}

fn main() {}
