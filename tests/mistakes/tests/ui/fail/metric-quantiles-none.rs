use tallymark::{Summary, metric};

/// Sizes of replies.
#[metric(quantiles = [])]
static REPLY_BYTES: Summary = Summary::new();

fn main() {}
