use tallymark::timed;

#[timed(labels(tenant))]
fn create(tenant: &str) {
    let _ = tenant;
}

fn main() {
    create("");
}
