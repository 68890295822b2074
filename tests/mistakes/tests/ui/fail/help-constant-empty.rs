use tallymark::{Counter, metric};

const HELP: &str = " ";

#[metric(help = HELP)]
static ORDERS_TOTAL: Counter = Counter::new();

fn main() {
    ORDERS_TOTAL.inc();
}
