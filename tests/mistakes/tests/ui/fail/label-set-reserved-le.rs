use tallymark::{LabelSet};

#[derive(LabelSet)]
struct Payment {
    le: bool,
}

fn main() {}
