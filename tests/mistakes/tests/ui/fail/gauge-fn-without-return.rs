use tallymark::{gauge_fn};

/// Rows.
#[gauge_fn]
fn rows() {}

fn main() {}
