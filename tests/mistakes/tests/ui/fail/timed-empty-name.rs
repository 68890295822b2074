use tallymark::{timed};

#[timed(name = "")]
fn three() -> u8 {
    3
}

fn main() {}
