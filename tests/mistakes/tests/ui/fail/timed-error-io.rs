use std::io;

use tallymark::timed;

#[timed(error)]
fn read() -> io::Result<()> {
    Ok(())
}

fn main() {
    let _ = read();
}
