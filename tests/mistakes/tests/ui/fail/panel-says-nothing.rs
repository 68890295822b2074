use tallymark::{Counter, metric};

/// Orders.
#[metric(panel())]
static ORDERS_TOTAL: Counter = Counter::new();

/// Payments.
#[metric(panel(title = "Payments"), panel(row = "Money"))]
static PAYMENTS_TOTAL: Counter = Counter::new();

/// Refunds.
#[metric(panel(title = "", colour = "red"))]
static REFUNDS_TOTAL: Counter = Counter::new();

fn main() {}
