use tallymark::{timed};

#[timed]
const fn three() -> u8 {
    3
}

fn main() {}
