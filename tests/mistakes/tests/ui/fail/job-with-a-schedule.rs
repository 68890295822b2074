use tallymark::job;

#[job(every = "1h")]
async fn export() {}

fn main() {
    drop(export());
}
