use tallymark::gauge_refresh;

/// Rows.
#[gauge_refresh(every = "60s")]
async fn rows() {}

fn main() {}
