use tallymark::{metrics};

#[metrics]
mod shop {
    use tallymark::Counter;

    /// Orders.
    #[metric(max_series = 3)]
    #[metric(init)]
    pub static ORDERS_TOTAL: Counter = Counter::new();
}

fn main() {}
