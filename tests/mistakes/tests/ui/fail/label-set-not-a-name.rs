use tallymark::{LabelSet};

#[derive(LabelSet)]
struct Payment {
    #[label(rename = "payment-provider", allow(name))]
    provider: bool,
}

fn main() {}
