use tallymark::{counted};

#[counted]
fn three() -> u8 {
    3
}

fn main() {}
