use tallymark::{Counter, metric};

type Tally = Counter;

/// Bytes sent.
#[metric(panel(unit = "bytes"))]
static SENT_BYTES_TOTAL: Tally = Counter::new();

fn main() {}
