use tallymark::{ModelMetrics, model_op};

#[derive(ModelMetrics)]
struct Order;

#[model_op(Order, upsert)]
fn store() {}

fn main() {}
