use std::io;
use tallymark::gauge_refresh;

/// Rows.
#[gauge_refresh(every = 60)]
async fn rows() -> Result<u64, io::Error> {
    Ok(3)
}

fn main() {}
