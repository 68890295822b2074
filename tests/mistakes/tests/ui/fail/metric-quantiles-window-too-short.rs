use tallymark::{Summary, metric};

/// Sizes of replies.
#[metric(quantiles = [0.5], quantile_window = 1)]
static REPLY_BYTES: Summary = Summary::new();

fn main() {}
