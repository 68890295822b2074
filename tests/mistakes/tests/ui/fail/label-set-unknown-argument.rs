use tallymark::{LabelSet};

#[derive(LabelSet)]
struct Payment {
    #[label(name = "by")]
    provider: bool,
}

fn main() {}
