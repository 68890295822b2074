//! What is counted of rusqlite.

mod connections;
mod errors;
mod rows;
mod statements;
mod transactions;

use tallymark::registry::snapshot;
use tallymark_rusqlite::{Database, InstrumentedConnection};

fn database(name: &'static str) -> Database {
    Database::builder(name).build().expect("a good name")
}

/// A database in memory with a table of this name.
fn connection(name: &'static str) -> InstrumentedConnection<'static> {
    let connection = InstrumentedConnection::open_in_memory(database(name)).expect("memory is there");
    let create =
        format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY, note TEXT NOT NULL CHECK (note <> 'bad'))");
    connection.execute(&create, []).expect("a new table");
    connection
}

fn counter(family: &str, labels: &[(&str, &str)]) -> u64 {
    snapshot().counter(family, labels).unwrap_or(0)
}

/// Statements of a database by what they do.
fn queries(db: &str, operation: &str) -> u64 {
    counter("db_queries_total", &[("db", db), ("vendor", "sqlite"), ("operation", operation)])
}

fn errors(db: &str, error: &str) -> u64 {
    counter("db_errors_total", &[("db", db), ("vendor", "sqlite"), ("error", error)])
}

/// All errors of a database.
fn all_errors(db: &str) -> u64 {
    let kinds =
        ["unique", "not_null", "check", "statement", "value", "conflict", "cancelled", "connection", "other"];
    kinds.map(|kind| errors(db, kind)).iter().sum()
}

fn in_flight(db: &str) -> Option<f64> {
    snapshot().value("db_queries_in_flight", &[("db", db)])
}

/// Inserted, updated and deleted rows of a model.
fn written(model: &str) -> [u64; 3] {
    ["inserts", "updates", "deletes"]
        .map(|change| counter(&format!("model_{change}_total"), &[("model", model)]))
}
