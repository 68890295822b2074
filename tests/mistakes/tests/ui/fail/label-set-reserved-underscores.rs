use tallymark::{LabelSet};

#[derive(LabelSet)]
struct Payment {
    __name: bool,
}

fn main() {}
