use tallymark::{Info, metric};

/// Build.
#[metric]
static BUILD: Info = Info::new(&[("version", "1")]);

fn main() {}
