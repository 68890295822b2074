use tallymark::{LabelValue};

#[derive(LabelValue)]
struct Provider(String);

fn main() {}
