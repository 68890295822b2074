use tallymark::{LabelSet};

#[derive(LabelSet)]
struct Payment {
    #[label(rename = "quantile")]
    part: bool,
}

fn main() {}
