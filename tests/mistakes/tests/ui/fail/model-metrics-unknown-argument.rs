use tallymark::{ModelMetrics};

#[derive(ModelMetrics)]
#[model(tabel = "orders", name = "")]
struct Order;

fn main() {}
