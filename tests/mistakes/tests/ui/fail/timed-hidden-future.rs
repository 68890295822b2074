use tallymark::timed;

#[timed]
fn fetch(id: u64) -> impl Send {
    async move { id }
}

fn main() {
    drop(fetch(1));
}
