use tallymark::gauge_refresh;

/// Rows.
#[gauge_refresh(every = "60s")]
struct Rows;

fn main() {}
