use tallymark::{LabelSet};

#[derive(LabelSet)]
enum Payment {
    Stripe,
}

fn main() {}
