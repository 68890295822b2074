//! Diesel and SeaORM on SQLite: what is counted, and that nothing is counted that did not happen.

#![cfg(all(feature = "diesel", feature = "diesel-async", feature = "sea-orm"))]

mod diesel;
mod sea_orm;

use tallymark::{
    db::{Database, Vendor},
    registry,
    snapshot::HistogramValue,
};

fn database(name: &'static str) -> Database {
    Database::builder(name).vendor(Vendor::Sqlite).build().expect("a good name")
}

/// Rows of a model: inserted, updated, deleted.
fn rows(model: &str) -> (u64, u64, u64) {
    let snapshot = registry::snapshot();
    let of = |family| snapshot.counter(family, &[("model", model)]).unwrap_or_default();
    (of("model_inserts_total"), of("model_updates_total"), of("model_deletes_total"))
}

fn queries(db: &str, operation: &str) -> u64 {
    let labels = [("db", db), ("vendor", "sqlite"), ("operation", operation)];
    let snapshot = registry::snapshot();
    let queries = snapshot.counter("db_queries_total", &labels).unwrap_or_default();
    let durations = snapshot.histogram("db_query_duration_seconds", &labels).map_or(0, HistogramValue::count);
    assert_eq!(queries, durations + in_flight(db), "whatever has begun has a duration or is in flight");
    queries
}

fn errors(db: &str, error: &str) -> u64 {
    let labels = [("db", db), ("vendor", "sqlite"), ("error", error)];
    registry::snapshot().counter("db_errors_total", &labels).unwrap_or_default()
}

fn in_flight(db: &str) -> u64 {
    let value = registry::snapshot().value("db_queries_in_flight", &[("db", db)]);
    value.map_or(0, |value| u64::from(value > 0.5))
}

/// That no text of a statement, nor a value, became part of what is shown.
fn assert_hidden(secret: &str) {
    let text = tallymark::encode_to_string(registry::Format::Text004);
    assert!(!text.contains(secret), "{text}");
    assert!(!text.contains("INSERT INTO") && !text.contains("SELECT "), "{text}");
}
