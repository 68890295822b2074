use tallymark::{Counter, LabelValue, metric};

#[derive(LabelValue)]
enum Provider {
    Stripe,
}

/// Payments.
#[metric]
static PAYMENTS_TOTAL: Counter<Provider> = Counter::new();

fn main() {}
