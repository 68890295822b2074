use tallymark::{timed};

#[timed]
static ORDER: u8 = 3;

fn main() {}
