//! Diesel on SQLite: what is counted, and that nothing is counted that did not happen.

#[cfg(feature = "diesel-async")]
mod asynchronous;
mod observed;
mod transactions;
mod written;

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, sql_query};
use tallymark::{registry, snapshot::HistogramValue};
use tallymark_diesel::{Database, Vendor, observe};

/// A module with a model, and its table of the module's name.
macro_rules! model {
    ($model:ident, $table:ident) => {
        mod $table {
            diesel::table! {
                $table (id) {
                    id -> Integer,
                    label -> Text,
                }
            }

            pub(crate) use self::$table::dsl;

            #[derive(diesel::Queryable, tallymark::ModelMetrics)]
            #[diesel(table_name = $table)]
            #[expect(dead_code, reason = "rows are counted, and few looked at")]
            pub(crate) struct $model {
                pub(crate) id: i32,
                pub(crate) label: String,
            }
        }
    };
}

use model;

/// A database in memory with a table, observed from here on.
fn connect(db: &'static str, table: &str) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(":memory:").expect("a database in memory");
    let create = format!("CREATE TABLE {table} (id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE)");
    sql_query(create).execute(&mut connection).expect("a table");
    observe(&mut connection, database(db));
    connection
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
