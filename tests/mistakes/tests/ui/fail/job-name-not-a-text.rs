use tallymark::job;

#[job(name = 3)]
fn export() {}

const NUMBER: u8 = 3;

#[job(name = NUMBER)]
fn other() {}

fn main() {
    export();
    other();
}
