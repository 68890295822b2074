use tallymark::{timed};

unsafe extern "C" {
    #[timed]
    fn three() -> u8;
}

fn main() {}
