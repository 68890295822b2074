use tallymark::{Counter, LabelSet, LabelValue, metric};

#[derive(LabelValue, LabelSet, Clone, Copy)]
enum Provider {
    Stripe,
    PayPal,
}

/// Payments made, by provider.
#[metric(max_series = 500)]
static PAYMENTS_TOTAL: Counter<Provider> = Counter::new();

fn main() {
    drop((Provider::Stripe, Provider::PayPal));
}
