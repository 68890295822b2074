use tallymark::{StateSet};

#[derive(StateSet, Clone, Copy)]
enum Phase {
    Starting(u8),
    Running,
}

fn main() {}
