use tallymark::{Counter, metric, metrics};

/// Orders.
#[metric(alert(name = "Orders", when = "rate[5m] > 10"), alert(name = "Orders", when = "rate[5m] < 1"))]
static ORDERS_TOTAL: Counter = Counter::new();

#[metrics]
mod shop {
    use super::Counter;

    /// Payments.
    #[metric(alert(name = "Money", when = "rate[5m] > 10"))]
    pub static PAYMENTS_TOTAL: Counter = Counter::new();

    /// Refunds.
    #[metric(alert(name = "Money", when = "rate[5m] > 10"))]
    pub static REFUNDS_TOTAL: Counter = Counter::new();
}

fn main() {}
