use tallymark::{timed};

#[timed]
unsafe extern "C" {
    fn three() -> u8;
}

fn main() {}
