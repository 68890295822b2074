use tallymark::{Counter, count_errors, metric};

/// Errors.
#[metric]
static ERRORS_TOTAL: Counter = Counter::new();

#[count_errors(ERRORS_TOTAL)]
fn find(id: u64) -> Option<u64> {
    Some(id)
}

fn main() {
    find(1);
}
