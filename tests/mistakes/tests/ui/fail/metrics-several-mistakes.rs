use tallymark::{metrics};

#[metrics(namespace = "shop")]
mod shop {
    use tallymark::{Counter, Gauge};

    pub static ORDERS_TOTAL: Counter = Counter::new();

    /// Orders.
    pub static ORDERS_CREATED: Counter = Counter::new();

    /// Wait.
    #[metric(maximum = 3)]
    pub static WAIT_MINUTES: Gauge = Gauge::new();
}

fn main() {}
