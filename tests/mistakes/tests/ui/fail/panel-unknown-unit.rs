use tallymark::{Counter, metric};

/// Orders.
#[metric(panel(title = "Orders", unit = "orders"))]
static ORDERS_TOTAL: Counter = Counter::new();

/// Bytes sent.
#[metric(panel(unit = "bytes"))]
static SENT_BYTES_TOTAL: Counter = Counter::new();

fn main() {}
