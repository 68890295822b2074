use tallymark::{timed};

#[timed(skip)]
fn three() -> u8 {
    3
}

fn main() {}
