use tallymark::{timed};

#[timed(label = "three")]
fn three() -> u8 {
    3
}

fn main() {}
