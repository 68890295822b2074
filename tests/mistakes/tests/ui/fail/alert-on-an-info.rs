use tallymark::{Info, metric};

/// Which shop this is.
#[metric(alert(name = "AnotherShop", when = "value > 1"))]
static BUILD_INFO: Info = Info::new(&[("version", "1")]);

fn main() {}
