use tallymark::{Counter, LabelSet, metric};

#[derive(LabelSet)]
struct Of {
    shop: u32,
}

/// Orders.
#[metric]
static ORDERS_BY_SHOP_TOTAL: Counter<Of> = Counter::new();

fn main() {}
