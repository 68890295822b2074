use tallymark::{LabelValue};

#[derive(LabelValue)]
#[label(rename = "all")]
enum Provider {
    #[label(name = "paypal")]
    PayPal,
}

fn main() {}
