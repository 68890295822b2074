//! SeaORM on SQLite: what is counted, and that nothing is counted that did not happen.

mod faults;
mod streams;
mod transactions;
mod written;

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database as SeaOrm};
use tallymark::{registry, snapshot::HistogramValue};
use tallymark_sea_orm::{Database, InstrumentedDatabaseConnection, Vendor};

/// An entity in a module of its own, whose model and table have the name of the module.
macro_rules! entity {
    ($module:ident, $name:literal) => {
        mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tallymark::ModelMetrics)]
            #[sea_orm(table_name = $name)]
            #[model(name = $name)]
            pub(crate) struct Model {
                #[sea_orm(primary_key)]
                pub(crate) id: i32,
                #[sea_orm(unique)]
                pub(crate) label: String,
            }

            #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
            pub(crate) enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

use entity;

/// A database in memory with one connection and a table, both of this name.
async fn connect(name: &'static str) -> InstrumentedDatabaseConnection {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1);
    let connection = SeaOrm::connect(options).await.expect("a database in memory");
    let create = format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE)");
    connection.execute_unprepared(&create).await.expect("a table");
    InstrumentedDatabaseConnection::new(connection, database(name))
}

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

/// Statements whose rows are not counted, by reason.
fn uncounted(db: &str, reason: &str) -> u64 {
    let labels = [("db", db), ("reason", reason)];
    registry::snapshot().counter("tallymark_uncounted_model_writes_total", &labels).unwrap_or_default()
}
