//! diesel-async and Diesel on PostgreSQL and MariaDB, and Diesel's migrations. `bash tests/servers/run.sh diesel` starts it.

#![cfg(feature = "diesel-async")]

mod migrations;
#[path = "../runner/mod.rs"]
#[allow(dead_code, reason = "what is for SQLite")]
mod runner;
#[path = "../../../db/tests/scripts/mod.rs"]
mod scripts;
mod scripts_on_servers;
mod server;
mod written;

use tallymark::registry;
use tallymark_diesel::{Database, Vendor};

fn database(name: &'static str, vendor: Vendor) -> Database {
    Database::builder(name).vendor(vendor).build().expect("a good name")
}

/// Rows of a model: inserted, updated, deleted.
fn rows(model: &str) -> (u64, u64, u64) {
    let snapshot = registry::snapshot();
    let of = |family| snapshot.counter(family, &[("model", model)]).unwrap_or_default();
    (of("model_inserts_total"), of("model_updates_total"), of("model_deletes_total"))
}

fn errors(db: &str, vendor: &str, error: &str) -> u64 {
    let labels = [("db", db), ("vendor", vendor), ("error", error)];
    registry::snapshot().counter("db_errors_total", &labels).unwrap_or_default()
}

/// Nothing is in flight when nothing runs, and no address with its password is shown.
fn assert_quiet(db: &str) {
    let in_flight = registry::snapshot().value("db_queries_in_flight", &[("db", db)]);
    assert!(in_flight.is_none_or(|value| value == 0.0), "{in_flight:?}");
    let text = tallymark::encode_to_string(registry::Format::Text004);
    assert!(!text.contains("secret") && !text.contains("127.0.0.1"), "{text}");
}
