use tallymark::{gauge_fn};

/// Rows.
#[gauge_fn]
fn rows() -> String {
    String::new()
}

fn main() {}
