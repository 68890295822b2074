use tallymark::{gauge_fn};

/// Rows.
#[gauge_fn]
fn rows_total() -> usize {
    3
}

fn main() {}
