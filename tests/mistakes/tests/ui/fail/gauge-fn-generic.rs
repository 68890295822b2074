use tallymark::{gauge_fn};

/// Rows.
#[gauge_fn]
fn rows<T>() -> usize {
    size_of::<T>()
}

fn main() {}
