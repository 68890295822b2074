//! Customers are let into a shop that keeps its data in PostgreSQL and its catalog in Redis.

mod visit;

use shop::config::{Config, Database};
use std::{env, net::SocketAddr, process::Command};

/// One test in one binary: the numbers of a process are the sum of all that happens in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL and Redis: bash tests/servers/run.sh"]
async fn metrics_agree_on_servers_too() {
    let started = started("postgres");
    let (_, url) = started.trim().split_once(' ').expect("a name and a URL");
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config {
        listen: anywhere,
        metrics: anywhere,
        database: Database::Postgres(url.to_owned()),
        redis: Some(env::var("TALLYMARK_TEST_REDIS").expect("a Redis")),
        ..Config::default()
    };
    let (played, seen) = visit::visit(&config).await;
    visit::layers_agree(&played, &seen, "postgresql", "redis");
    assert!(seen.keys().all(|series| !series.contains("secret")), "no password is in a label");
}

/// A server of this test's own, which the script stops when all tests are done.
fn started(kind: &str) -> String {
    let control = env::var("TALLYMARK_TEST_SERVERS").expect("the script that starts servers");
    let output = Command::new("bash").args([&control, "start", kind]).output().expect("bash");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
