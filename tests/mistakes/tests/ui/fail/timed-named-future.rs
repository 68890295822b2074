use std::future::{Ready, ready};

use tallymark::timed;

#[timed]
fn fetch(id: u64) -> Ready<Result<u64, String>> {
    ready(Ok(id))
}

fn main() {
    drop(fetch(1));
}
