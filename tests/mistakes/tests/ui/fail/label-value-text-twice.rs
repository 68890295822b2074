use tallymark::{LabelValue};

#[derive(LabelValue)]
enum Provider {
    PayPal,
    #[label(rename = "pay_pal")]
    Other,
}

fn main() {}
