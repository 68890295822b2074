use tallymark::{Counter, metric};

#[metric(namespce = "shop", init = 1)]
static METRIC_WAIT_MS: Counter = Counter::new();

fn main() {}
