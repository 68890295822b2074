use tallymark::{ModelMetrics, model_op};

#[derive(ModelMetrics)]
struct Order;

#[model_op(Order)]
fn store() {}

fn main() {}
