use tallymark::{Counter, Gauge, LabelSet, metric};

#[derive(LabelSet)]
struct Order<'a> {
    outcome: &'a str,
}

/// Orders.
#[metric(slo(success = 99.9))]
static ORDERS_TOTAL: Counter = Counter::new();

/// Payments.
#[metric(slo(success = 99.9, errors = PENDING))]
static PAYMENTS_TOTAL: Counter = Counter::new();

/// Payments that wait.
#[metric(slo(success = 99.9, errors = ORDERS_TOTAL))]
static PENDING: Gauge = Gauge::new();

/// Shipments.
#[metric(slo(success = 99.9, errors = "{outcom = 'failed'}"))]
static SHIPMENTS_TOTAL: Counter<Order> = Counter::new();

/// Refunds.
#[metric(slo(success = 99.9, errors = "outcome"))]
static REFUNDS_TOTAL: Counter<Order> = Counter::new();

fn main() {}
