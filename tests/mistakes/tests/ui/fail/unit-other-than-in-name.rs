use tallymark::{Counter, metric};

/// Sent.
#[metric(unit = "seconds")]
static SENT_BYTES_TOTAL: Counter = Counter::new();

fn main() {}
