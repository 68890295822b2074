use tallymark::{model_op};

#[model_op]
fn store() {}

fn main() {}
