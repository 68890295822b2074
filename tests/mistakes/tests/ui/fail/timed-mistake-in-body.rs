use tallymark::{timed};

#[timed]
fn three() -> u8 {
    "three"
}

#[timed]
async fn four() -> u8 {
    "four"
}

fn main() {}
