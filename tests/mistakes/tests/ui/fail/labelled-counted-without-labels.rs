use tallymark::{Counter, LabelSet, metric};

#[derive(LabelSet)]
struct Payment<'a> {
    reason: &'a str,
}

/// Payments declined, by reason.
#[metric]
static PAYMENTS_FAILED_TOTAL: Counter<Payment<'static>> = Counter::new();

fn main() {
    PAYMENTS_FAILED_TOTAL.inc();
}
