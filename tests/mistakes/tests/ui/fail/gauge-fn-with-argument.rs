use tallymark::{gauge_fn};

/// Rows.
#[gauge_fn]
fn rows(table: &str) -> usize {
    table.len()
}

fn main() {}
