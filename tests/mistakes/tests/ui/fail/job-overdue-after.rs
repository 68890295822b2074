use tallymark::job;

#[job(overdue_after = "soon")]
fn export() {}

#[job(overdue_after = 3600)]
fn import() {}

#[job(overdue_after = "0s")]
fn clean() {}

fn main() {
    export();
    import();
    clean();
}
