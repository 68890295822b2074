use tallymark::{gauge_fn};

/// Rows.
#[gauge_fn]
struct Rows;

fn main() {}
