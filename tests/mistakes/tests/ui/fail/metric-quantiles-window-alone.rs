use tallymark::{Summary, metric};

/// Sizes of replies.
#[metric(quantile_window = 600)]
static REPLY_BYTES: Summary = Summary::new();

fn main() {}
