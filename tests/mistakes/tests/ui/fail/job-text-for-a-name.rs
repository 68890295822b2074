use tallymark::job;

#[job("nightly_export")]
fn export() {}

fn main() {
    export();
}
