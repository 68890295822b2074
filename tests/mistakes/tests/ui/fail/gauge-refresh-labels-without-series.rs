use std::io;
use tallymark::{LabelSet, gauge_refresh};

#[derive(LabelSet)]
struct Table {
    table: String,
}

/// Rows.
#[gauge_refresh(every = "60s", labels = Table)]
async fn rows() -> Result<u64, io::Error> {
    Ok(3)
}

fn main() {}
