use tallymark::{LabelSet};

#[derive(LabelSet)]
struct Payment {
    amount: f64,
}

fn main() {}
