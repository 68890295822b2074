use tallymark::{counted, timed};

#[timed]
#[counted = "orders"]
fn create() {}

fn main() {
    create();
}
