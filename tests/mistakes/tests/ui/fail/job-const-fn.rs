use tallymark::job;

#[job]
const fn export() {}

fn main() {
    export();
}
