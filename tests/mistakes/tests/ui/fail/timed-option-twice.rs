use tallymark::{timed};

#[timed(in_flight, in_flight)]
fn three() -> u8 {
    3
}

fn main() {}
