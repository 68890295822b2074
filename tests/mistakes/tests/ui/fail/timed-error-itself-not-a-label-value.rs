use tallymark::{timed};

#[timed(error)]
fn fails() -> Result<(), f64> {
    Err(1.0)
}

fn main() {}
