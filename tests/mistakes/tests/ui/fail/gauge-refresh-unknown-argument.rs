use std::io;
use tallymark::gauge_refresh;

/// Rows.
#[gauge_refresh(every = "60s", retries = 3)]
async fn rows() -> Result<u64, io::Error> {
    Ok(3)
}

fn main() {}
