use tallymark::Counter;

pub static ORDERS_TOTAL: Counter = Counter::new();

fn main() {
    tallymark::register!(ORDERS_TOTAL);
}
