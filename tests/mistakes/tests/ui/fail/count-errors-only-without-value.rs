use tallymark::{Counter, count_errors, metric};

/// Payments that failed.
#[metric]
static PAYMENTS_FAILED_TOTAL: Counter = Counter::new();

#[count_errors(PAYMENTS_FAILED_TOTAL, only)]
fn pay() -> Result<(), String> {
    Err("declined".to_owned())
}

fn main() {
    let _ = pay();
}
