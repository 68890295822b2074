use tallymark::{LabelSet, LabelValue};

#[derive(LabelValue, LabelSet)]
enum Quantile {
    Median,
}

fn main() {}
