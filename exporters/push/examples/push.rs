//! A job that ends, and leaves its metrics at a Pushgateway and in a file.
//!
//! `cargo run -p tallymark-push --example push -- 127.0.0.1:9091 import.prom`

use std::{env::args, error::Error, fs};

use tallymark::{Counter, metric, textfile};

/// Lines imported.
#[metric(namespace = "import")]
static LINES_IMPORTED_TOTAL: Counter = Counter::new();

fn main() -> Result<(), Box<dyn Error>> {
    let gateway = args().nth(1).unwrap_or_else(|| "127.0.0.1:9091".to_owned());
    // It comes first, so that it is dropped last: what happens below is in the push, and an error below does not skip it.
    let _push = tallymark_push::builder(gateway, "import").grouping("source", file!()).build()?.on_exit();

    import(file!())?;
    if let Some(path) = args().nth(2) {
        textfile::write(path)?;
    }
    import("a file that does not exist")?;
    Ok(())
}

fn import(path: &str) -> Result<(), Box<dyn Error>> {
    for _ in fs::read_to_string(path)?.lines() {
        LINES_IMPORTED_TOTAL.inc();
    }
    Ok(())
}
