use tallymark::{LabelSet};

#[derive(LabelSet)]
union Payment {
    provider: u32,
}

fn main() {}
