use tallymark::{timed};

#[timed]
trait Store {
    fn get(&self) -> u8 {
        3
    }
}

fn main() {}
