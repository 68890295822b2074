//! Diesel, SeaORM and migrations on real servers. `bash tests/servers/run.sh orm_servers` starts them.

#![cfg(all(
    feature = "diesel-async",
    feature = "sea-orm",
    feature = "sea-orm-migrations",
    feature = "diesel-migrations",
    feature = "refinery-migrations",
    feature = "sqlx-migrations"
))]

mod diesel;
mod migrations;
mod migrators;
mod sea_orm;
mod server;

use tallymark::{
    db::{Database, Vendor},
    registry,
};

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
