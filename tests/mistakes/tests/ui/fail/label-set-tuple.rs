use tallymark::{LabelSet};

#[derive(LabelSet)]
struct Payment(bool);

fn main() {}
