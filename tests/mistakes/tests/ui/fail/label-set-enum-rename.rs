use tallymark::{LabelSet, LabelValue};

#[derive(LabelValue, LabelSet)]
#[label(rename = "payment_provider")]
enum Provider {
    Stripe,
}

fn main() {}
