use tallymark::{timed};

struct Store;

#[timed]
impl Store {
    const fn new() -> Self {
        Self
    }

    fn get(&self) -> u8 {
        3
    }
}

fn main() {}
