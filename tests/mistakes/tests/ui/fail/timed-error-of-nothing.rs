use tallymark::{timed};

#[timed(error = |error: &u8| *error)]
fn nothing() {}

fn main() {}
