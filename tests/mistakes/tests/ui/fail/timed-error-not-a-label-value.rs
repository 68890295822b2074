use tallymark::{timed};

#[timed(error = |error| *error)]
fn fails() -> Result<(), f64> {
    Err(1.0)
}

fn main() {}
