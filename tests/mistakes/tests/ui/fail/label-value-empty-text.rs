use tallymark::{LabelValue};

#[derive(LabelValue)]
enum Provider {
    #[label(rename = "")]
    PayPal,
}

fn main() {}
