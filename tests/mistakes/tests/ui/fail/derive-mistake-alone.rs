//! A derive that fails says so, and nothing follows from it.

use tallymark::{Counter, LabelSet, LabelValue, metric};

#[derive(LabelValue, Clone, Copy)]
#[label(rename_all = "snake")]
enum Kind {
    Fast,
}

#[derive(LabelSet)]
struct By {
    kind: Kind,
    le: bool,
}

/// Jobs done.
#[metric]
static JOBS_TOTAL: Counter<By> = Counter::new();

fn main() {
    JOBS_TOTAL.with(By { kind: Kind::Fast, le: true }).inc();
}
