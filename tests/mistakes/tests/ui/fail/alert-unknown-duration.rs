use tallymark::{Counter, metric};

/// Orders.
#[metric(
    alert(name = "ManyOrders", when = "rate[5 minutes] > 10"),
    alert(name = "FewOrders", when = "rate[5m] < 10", for = "two minutes")
)]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {}
