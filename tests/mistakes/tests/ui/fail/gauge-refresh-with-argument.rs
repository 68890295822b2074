use std::io;
use tallymark::gauge_refresh;

/// Rows.
#[gauge_refresh(every = "60s")]
async fn rows(table: &str) -> Result<usize, io::Error> {
    Ok(table.len())
}

fn main() {}
