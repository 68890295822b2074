use tallymark::{Counter, Gauge, LabelSet, metric};

#[derive(LabelSet)]
struct Payment<'a> {
    provider: &'a str,
}

/// Payments that failed.
#[metric(alert(name = "PaymentsFail", when = "rate[5m] > 0.5", summary = "Payments by {{ $labels.provider }} fail"))]
static PAYMENTS_FAILED_TOTAL: Counter<Payment> = Counter::new();

/// Payments that wait.
#[metric(alert(name = "PaymentsWait", when = "value > 5", description = "{{ $labels.reason }} of {{ $labels.job }}"))]
static PAYMENTS_PENDING: Gauge<Payment> = Gauge::new();

fn main() {}
