//! sqlx on PostgreSQL and MariaDB, which `tests/servers/run.sh` starts.

#![cfg(all(feature = "postgres", feature = "mysql", feature = "any", feature = "migrate"))]
#![allow(dead_code, reason = "models are counted by their tables; nobody makes rows of them here")]

mod any;
mod migrations;
mod mysql;
mod postgres;
mod prepared;
#[path = "../runner/mod.rs"]
mod runner;
#[path = "../../../db/tests/scripts/mod.rs"]
mod scripts;
mod scripts_on_servers;
mod server;

use tallymark::registry::{self, Format, snapshot};
use tallymark_sqlx::{Database, Vendor};

fn url(variable: &str) -> String {
    std::env::var(variable).expect("`tests/servers/run.sh` sets it")
}

fn database(name: &str, vendor: Vendor) -> Database {
    Database::builder(name).vendor(vendor).build().expect("good settings")
}

/// Rows of a model that were inserted, updated and deleted.
fn rows(model: &str) -> [u64; 3] {
    ["inserts", "updates", "deletes"].map(|operation| {
        snapshot().counter(&format!("model_{operation}_total"), &[("model", model)]).unwrap_or(0)
    })
}

fn counter(name: &str, labels: &[(&str, &str)]) -> u64 {
    snapshot().counter(name, labels).unwrap_or(0)
}

fn in_flight(db: &str) -> Option<f64> {
    snapshot().value("db_queries_in_flight", &[("db", db)])
}

fn assert_no_secret() {
    let shown = registry::encode_to_string(Format::Text004);
    assert!(!shown.contains("secret") && !shown.contains("127.0.0.1"), "credentials or addresses are shown");
}

/// Statements whose rows are not counted, by reason.
fn uncounted(db: &str, reason: &str) -> u64 {
    counter("tallymark_uncounted_model_writes_total", &[("db", db), ("reason", reason)])
}
