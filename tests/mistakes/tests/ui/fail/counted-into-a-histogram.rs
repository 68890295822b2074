use tallymark::{Summary, counted, metric};

/// Wait.
#[metric]
static WAIT_SECONDS: Summary = Summary::new();

#[counted(WAIT_SECONDS)]
fn three() -> u8 {
    3
}

fn main() {}
