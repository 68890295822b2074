use tallymark::{Summary, metric};

/// Sizes of replies.
#[metric(quantiles = [0.5, 99, -0.1, "0.9"])]
static REPLY_BYTES: Summary = Summary::new();

fn main() {}
