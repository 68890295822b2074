use tallymark::{gauge_fn};

/// Rows.
#[gauge_fn(max_series = 3)]
fn rows() -> usize {
    3
}

fn main() {}
