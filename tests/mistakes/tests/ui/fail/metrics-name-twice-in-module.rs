use tallymark::{metrics};

#[metrics]
mod shop {
    use tallymark::Counter;

    /// Orders.
    pub static ORDERS_TOTAL: Counter = Counter::new();

    /// Orders again.
    #[metric(name = "orders_total")]
    pub static MORE_ORDERS_TOTAL: Counter = Counter::new();
}

fn main() {}
