use tallymark::{LabelSet};

#[derive(LabelSet)]
struct Payment {}

fn main() {}
