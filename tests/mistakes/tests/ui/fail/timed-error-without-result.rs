use tallymark::{timed};

#[timed(error = |error: &u8| *error)]
fn three() -> u8 {
    3
}

fn main() {}
