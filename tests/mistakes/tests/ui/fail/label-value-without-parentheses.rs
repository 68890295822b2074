use tallymark::{LabelValue};

#[derive(LabelValue)]
enum Provider {
    #[label = "paypal"]
    PayPal,
}

fn main() {}
