use tallymark::{timed};

#[timed(error = |error, more| error)]
fn fails() -> Result<(), u8> {
    Err(1)
}

fn main() {}
