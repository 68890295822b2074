use tallymark::{LabelSet, LabelValue};

#[derive(LabelValue, LabelSet)]
#[label(name = "paymentProvider")]
enum Provider {
    Stripe,
}

fn main() {}
