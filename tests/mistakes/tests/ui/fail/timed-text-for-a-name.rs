use tallymark::timed;

#[timed("create_order")]
fn create() {}

fn main() {
    create();
}
