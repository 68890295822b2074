use tallymark::{StateSet, metric};

#[derive(Clone, Copy)]
enum Phase {
    Starting,
}

/// What the shop is doing.
#[metric]
static SHOP_PHASE: StateSet<Phase> = StateSet::new();

fn main() {}
