use tallymark::{gauge_fn};

/// Rows.
#[gauge_fn]
unsafe fn rows() -> usize {
    3
}

fn main() {}
