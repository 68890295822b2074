use tallymark::{metrics};

#[metrics]
mod shop {
    use tallymark::Counter;

    /// Orders.
    #[metric(subsystem = "web")]
    #[metric(init)]
    pub static ORDERS_TOTAL: Counter = Counter::new();
}

fn main() {}
