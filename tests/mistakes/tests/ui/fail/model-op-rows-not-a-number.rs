use tallymark::{ModelMetrics, model_op};

#[derive(ModelMetrics)]
struct Order;

#[model_op(Order, insert, rows = "three")]
fn store() {}

fn main() {}
