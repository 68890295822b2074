use tallymark::timed;

#[timed]
#[track_caller]
fn checked(id: u64) -> Result<u64, String> {
    Ok(id)
}

fn main() {
    let _ = checked(1);
}
