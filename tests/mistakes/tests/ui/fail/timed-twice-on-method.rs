use tallymark::{timed};

struct Store;

#[timed]
impl Store {
    #[timed(in_flight)]
    #[timed(name = "get")]
    fn get(&self) -> u8 {
        3
    }
}

fn main() {}
