//! Diesel's default instrumentation: one for the whole process, so it has a process of its own.

use diesel::{
    Connection as _, RunQueryDsl as _, SqliteConnection,
    r2d2::{ConnectionManager, Pool},
    sql_query,
};
use tallymark::{ModelMetrics, registry};
use tallymark_diesel::{CountedDsl as _, Database, InstallError, Vendor, install};

#[derive(ModelMetrics)]
#[expect(dead_code, reason = "stands for the table")]
struct Note;

#[test]
fn every_connection_is_observed_from_then_on() {
    let database = |name| Database::builder(name).vendor(Vendor::Sqlite).build().expect("a good name");
    install(database("installed")).expect("the first");
    install(database("installed")).expect("the same");
    assert_eq!(install(database("another")), Err(InstallError::Other));

    let manager = ConnectionManager::<SqliteConnection>::new(":memory:");
    let pool = Pool::builder().max_size(1).build(manager).expect("a pool");
    let connection = &mut pool.get().expect("the connection");
    sql_query("CREATE TABLE note (id INTEGER)").execute(connection).expect("a table");
    sql_query("INSERT INTO note VALUES (1), (2)").execute_counted(connection).expect("rows");
    SqliteConnection::establish("/nowhere/at/all.sqlite").map(drop).expect_err("there is no such directory");

    let snapshot = registry::snapshot();
    let counter = |family, labels: &[(&str, &str)]| snapshot.counter(family, labels);
    assert_eq!(counter("db_connections_opened_total", &[("db", "installed")]), Some(1));
    assert_eq!(counter("db_connection_errors_total", &[("db", "installed")]), Some(1));
    assert_eq!(counter("model_inserts_total", &[("model", "note")]), Some(2));
    let inserts = [("db", "installed"), ("vendor", "sqlite"), ("operation", "insert")];
    assert_eq!(counter("db_queries_total", &inserts), Some(1));
}
