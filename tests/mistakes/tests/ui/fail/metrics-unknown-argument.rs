use tallymark::{metrics};

#[metrics(namspace = "shop")]
mod shop {
    use tallymark::Counter;

    /// Orders.
    pub static ORDERS_TOTAL: Counter = Counter::new();
}

fn main() {}
