use tallymark::{StateSet};

#[derive(StateSet)]
enum Phase {
    Starting,
    Running,
}

fn main() {}
