//! tokio-postgres on PostgreSQL, which `tests/servers/run.sh` starts.

#![allow(dead_code, reason = "models are counted by their tables; nobody makes rows of them here")]

macro_rules! models {
    ($($model:ident $name:literal)*) => {$(
        #[derive(tallymark::ModelMetrics)]
        #[model(name = $name, table = $name)]
        struct $model;
    )*};
}

mod errors;
mod rows;
#[path = "../../../db/tests/scripts/mod.rs"]
mod scripts;
mod scripts_on_servers;
mod streams;
mod transactions;

use tallymark::registry::{self, Format, snapshot};
use tallymark_tokio_postgres::{Database, InstrumentedClient};
use tokio::task::JoinHandle;
use tokio_postgres::{Config, NoTls};

fn config() -> Config {
    let url = std::env::var("TALLYMARK_TEST_POSTGRES").expect("`tests/servers/run.sh` sets it");
    url.parse().expect("a good URL")
}

fn database(name: &str) -> Database {
    Database::builder(name).build().expect("good settings")
}

/// A client, and the task of its connection, which ends when all it was asked for is done.
async fn connect(database: Database) -> (InstrumentedClient<'static>, JoinHandle<()>) {
    let connected = InstrumentedClient::connect(&config(), NoTls, database).await;
    let (client, connection) = connected.expect("a server");
    // Its error is that of the statement under way.
    (client, tokio::spawn(async { drop(connection.await) }))
}

/// A client of a database of this name, and a new table of the same.
async fn client(name: &str) -> InstrumentedClient<'static> {
    let (client, _) = connect(database(name)).await;
    let sql =
        format!("DROP TABLE IF EXISTS {name}; CREATE TABLE {name} (id INT PRIMARY KEY, note TEXT NOT NULL)");
    client.batch_execute(&sql).await.expect("a new table");
    client
}

fn counter(family: &str, labels: &[(&str, &str)]) -> u64 {
    snapshot().counter(family, labels).unwrap_or(0)
}

/// Statements of a database by what they do.
fn queries(db: &str, operation: &str) -> u64 {
    counter("db_queries_total", &[("db", db), ("vendor", "postgresql"), ("operation", operation)])
}

fn errors(db: &str, error: &str) -> u64 {
    counter("db_errors_total", &[("db", db), ("vendor", "postgresql"), ("error", error)])
}

/// Statements whose rows are not counted, by reason.
fn uncounted(db: &str, reason: &str) -> u64 {
    counter("tallymark_uncounted_model_writes_total", &[("db", db), ("reason", reason)])
}

fn in_flight(db: &str) -> Option<f64> {
    snapshot().value("db_queries_in_flight", &[("db", db)])
}

/// Inserted, updated and deleted rows of a model.
fn written(model: &str) -> [u64; 3] {
    ["inserts", "updates", "deletes"]
        .map(|change| counter(&format!("model_{change}_total"), &[("model", model)]))
}

fn assert_no_secret() {
    let shown = registry::encode_to_string(Format::Text004);
    assert!(!shown.contains("secret") && !shown.contains("127.0.0.1"), "credentials or addresses are shown");
}
