use tallymark::{LabelValue};

#[derive(LabelValue)]
#[label(name = "payment_provider")]
enum Provider {
    Stripe,
}

fn main() {}
