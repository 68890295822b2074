use tallymark::{LabelSet, LabelValue};

#[derive(LabelValue, LabelSet)]
#[label(name = "le")]
enum Provider {
    Stripe,
}

fn main() {}
