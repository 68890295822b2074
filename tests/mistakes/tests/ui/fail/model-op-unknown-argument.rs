use tallymark::{ModelMetrics, model_op};

#[derive(ModelMetrics)]
struct Order;

#[model_op(Order, insert, count = 3)]
fn store() {}

fn main() {}
