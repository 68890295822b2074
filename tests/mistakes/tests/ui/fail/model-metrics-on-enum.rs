use tallymark::{ModelMetrics};

#[derive(ModelMetrics)]
enum Order {
    New,
}

fn main() {}
