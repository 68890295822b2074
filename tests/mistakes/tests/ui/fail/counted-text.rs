use tallymark::counted;

#[counted("orders")]
fn create() {}

fn main() {
    create();
}
