use tallymark::{LabelValue};

#[derive(LabelValue)]
enum Provider {}

fn main() {}
