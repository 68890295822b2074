use tallymark::gauge_fn;

/// Orders that wait.
#[gauge_fn(alert(name = "OrdersWait", when = "p99[5m] > 10"), panel(unit = "bits"))]
fn orders_pending() -> u64 {
    3
}

fn main() {}
