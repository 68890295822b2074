use tallymark::{LabelSet};

#[derive(LabelSet)]
struct Payment {
    provider: bool,
    #[label(rename = "provider")]
    other: bool,
}

fn main() {}
