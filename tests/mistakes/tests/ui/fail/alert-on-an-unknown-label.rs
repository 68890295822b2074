use tallymark::{Counter, LabelSet, metric};

#[derive(LabelSet)]
struct Payment<'a> {
    provider: &'a str,
    reason: &'a str,
}

/// Payments that failed.
#[metric(alert(name = "PaymentsFail", when = "rate[5m] by providr > 0.5"))]
static PAYMENTS_FAILED_TOTAL: Counter<Payment> = Counter::new();

/// Payments given back.
#[metric(alert(name = "PaymentsReturned", when = "rate{kind = 'gift'}[5m] > 0.5"))]
static PAYMENTS_RETURNED_TOTAL: Counter = Counter::new();

fn main() {}
