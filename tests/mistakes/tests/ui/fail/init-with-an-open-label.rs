use tallymark::{Counter, LabelSet, metric};

#[derive(LabelSet)]
struct Payment<'a> {
    reason: &'a str,
}

/// Payments declined, by reason.
#[metric(init)]
static PAYMENTS_FAILED_TOTAL: Counter<Payment<'static>> = Counter::new();

fn main() {}
