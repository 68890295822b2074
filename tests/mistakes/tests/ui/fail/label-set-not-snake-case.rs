use tallymark::{LabelSet};

#[derive(LabelSet)]
struct Payment {
    #[label(rename = "paymentProvider")]
    provider: bool,
}

fn main() {}
