//! Customers are let into a shop with its embedded database and cache.

mod visit;

use shop::config::{Config, Database};
use std::{net::SocketAddr, path::PathBuf};

/// One test in one binary: the numbers of a process are the sum of all that happens in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_agree_with_what_customers_saw() {
    let database = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("traffic.sqlite");
    for suffix in ["", "-wal", "-shm"] {
        let mut file = database.clone().into_os_string();
        file.push(suffix);
        let _ = std::fs::remove_file(file);
    }
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config {
        listen: anywhere,
        metrics: anywhere,
        database: Database::File(database),
        redis: None,
        ..Config::default()
    };
    let (played, seen) = visit::visit(&config).await;
    visit::layers_agree(&played, &seen, "sqlite", "moka");
}
