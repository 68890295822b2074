use tallymark::{Counter, metric};

/// Orders.
#[metric(alert(name = "ManyOrders"))]
static ORDERS_TOTAL: Counter = Counter::new();

/// Payments.
#[metric(alert)]
static PAYMENTS_TOTAL: Counter = Counter::new();

fn main() {}
