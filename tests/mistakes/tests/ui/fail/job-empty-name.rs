use tallymark::job;

#[job(name = "")]
fn export() {}

fn main() {
    export();
}
