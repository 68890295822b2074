use tallymark::{gauge_fn};

#[gauge_fn]
fn rows() -> usize {
    3
}

fn main() {}
