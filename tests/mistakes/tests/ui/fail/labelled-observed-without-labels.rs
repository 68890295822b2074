use tallymark::{Histogram, LabelSet, LabelValue, bucket_layouts, metric};

#[derive(LabelValue, LabelSet, Clone, Copy)]
enum Provider {
    Stripe,
    PayPal,
}

/// Time that a payment takes, by provider.
#[metric]
static PAYMENT_DURATION_SECONDS: Histogram<Provider> = Histogram::new(bucket_layouts::DEFAULT);

fn main() {
    let _timer = PAYMENT_DURATION_SECONDS.start_timer();
    drop((Provider::Stripe, Provider::PayPal));
}
