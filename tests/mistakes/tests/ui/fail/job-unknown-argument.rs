use tallymark::job;

#[job(name = "nightly_export", in_flight)]
fn export() {}

#[job(queue = "exports")]
fn other() {}

fn main() {
    export();
    other();
}
