use tallymark::{gauge_fn};

/// Rows.
#[gauge_fn]
async fn rows() -> usize {
    3
}

fn main() {}
