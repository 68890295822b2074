use tallymark::job;

#[job]
static EXPORT: fn() = export;

fn export() {}

fn main() {
    EXPORT();
}
