use tallymark::{LabelSet};

#[derive(LabelSet)]
enum Provider {
    Stripe,
}

fn main() {}
