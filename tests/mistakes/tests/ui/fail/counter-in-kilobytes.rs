use tallymark::{Counter, metric};

/// Sent.
#[metric]
static SENT_KB_TOTAL: Counter = Counter::new();

fn main() {}
