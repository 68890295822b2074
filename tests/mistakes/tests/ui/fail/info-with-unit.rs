use tallymark::{Info, metric};

/// Clock.
#[metric(unit = "seconds")]
static CLOCK_INFO: Info = Info::new(&[("zone", "utc")]);

fn main() {}
