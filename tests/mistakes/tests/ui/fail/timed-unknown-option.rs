use tallymark::{timed};

#[timed(inflight)]
fn three() -> u8 {
    3
}

fn main() {}
