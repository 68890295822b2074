use tallymark::job;

#[job(skip)]
fn export() {}

fn main() {
    export();
}
