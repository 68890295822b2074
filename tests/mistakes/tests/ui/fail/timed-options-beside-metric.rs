use tallymark::{Summary, metric, timed};

/// Wait.
#[metric]
static WAIT_SECONDS: Summary = Summary::new();

#[timed(WAIT_SECONDS, in_flight, name = "wait")]
fn three() -> u8 {
    3
}

fn main() {}
