use tallymark::{LabelValue};

#[derive(LabelValue)]
#[label(rename_all = "Title Case")]
enum Provider {
    PayPal,
}

fn main() {}
