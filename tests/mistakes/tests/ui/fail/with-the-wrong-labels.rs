use tallymark::{Counter, LabelSet, LabelValue, metric};

#[derive(LabelValue, LabelSet)]
enum Provider {
    Stripe,
}

/// Payments.
#[metric]
static PAYMENTS_TOTAL: Counter<Provider> = Counter::new();

fn main() {
    PAYMENTS_TOTAL.with("stripe").inc();
}
