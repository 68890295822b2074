use tallymark::{Counter, metric};

/// Payments.
#[metric]
static PAYMENTS_TOTAL: Counter<&'static str> = Counter::new();

fn main() {}
