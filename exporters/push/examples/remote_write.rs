//! A service that writes its metrics into a database by itself.
//!
//! `cargo run -p tallymark-push --features remote-write --example remote_write -- http://127.0.0.1:9090/api/v1/write`

use std::{env::args, error::Error, process, time::Duration};

use tallymark::{Counter, metric};

/// Orders created.
#[metric(namespace = "shop")]
static ORDERS_CREATED_TOTAL: Counter = Counter::new();

fn main() -> Result<(), Box<dyn Error>> {
    let url = args().nth(1).unwrap_or_else(|| "http://127.0.0.1:9090/api/v1/write".to_owned());
    // It comes first, so that it is dropped last: what is counted below is written.
    let write = tallymark_push::remote_write(url)
        .external_label("job", "shop")
        .external_label("instance", format!("shop-{}", process::id()))
        .interval(Duration::from_secs(15))
        .shutdown_timeout(Duration::from_secs(5))
        .start()?;

    ORDERS_CREATED_TOTAL.inc();
    // What the program counts from here on is written every 15 seconds, and now for a look at the result.
    if let Err(error) = write.flush(Duration::from_secs(5)) {
        eprintln!("{error}");
    }
    write.shutdown()?;
    Ok(())
}
