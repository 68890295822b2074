use tallymark::{Summary, metric};

/// Sizes of replies.
#[metric(quantiles = [0.9, 0.5, 0.5])]
static REPLY_BYTES: Summary = Summary::new();

fn main() {}
