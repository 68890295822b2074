use tallymark::{Summary, metric, timed};

/// One.
#[metric]
static ONE: Summary = Summary::new();

#[timed(ONE, ONE)]
fn three() -> u8 {
    3
}

fn main() {}
