//! Opening, and connections of others.

use super::{counter, database, errors, queries, written};
use rusqlite::{Connection, OpenFlags};
use tallymark::ModelMetrics;
use tallymark_rusqlite::InstrumentedConnection;

#[test]
fn opened_connections_and_those_that_could_not_be_are_counted() {
    let db = "opened";
    let opened = || {
        let labels = [("db", db)];
        (counter("db_connections_opened_total", &labels), counter("db_connection_errors_total", &labels))
    };
    let connection = InstrumentedConnection::open_in_memory(database(db)).expect("memory is there");
    assert_eq!(opened(), (1, 0));
    InstrumentedConnection::open("/nowhere/at/all.sqlite", database(db)).expect_err("no such directory");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    InstrumentedConnection::open_with_flags("/nowhere/either", flags, database(db))
        .expect_err("no such file");
    assert_eq!((opened(), errors(db, "connection")), ((1, 2), 2));
    drop(InstrumentedConnection::new(Connection::open_in_memory().expect("memory is there"), database(db)));
    assert_eq!(opened(), (1, 2), "it was open already");
    assert!(format!("{connection:?}").contains("opened"));
}

#[derive(ModelMetrics)]
#[model(name = "borrowed", table = "borrowed")]
#[allow(dead_code)]
struct Borrowed;

#[test]
fn a_connection_that_is_borrowed_goes_on_elsewhere() {
    let raw = Connection::open_in_memory().expect("memory is there");
    raw.execute_batch("CREATE TABLE borrowed (id INTEGER)").expect("a new table");
    {
        let connection = InstrumentedConnection::borrowed(&raw, database("borrowed"));
        connection.execute("INSERT INTO borrowed VALUES (1)", []).expect("a row");
    }
    assert_eq!(written("borrowed"), [1, 0, 0]);
    {
        let connection = InstrumentedConnection::borrowed(&raw, database("borrowed"));
        connection.execute_batch("BEGIN").expect("none is open");
        connection.execute("INSERT INTO borrowed VALUES (2), (3)", []).expect("two rows");
    }
    let labels = [("db", "borrowed"), ("reason", "transaction")];
    assert_eq!(written("borrowed"), [1, 0, 0], "nobody knows whether it will be committed");
    assert_eq!(counter("tallymark_uncounted_model_writes_total", &labels), 1);

    // In the middle of a transaction, which it did not begin.
    {
        let connection = InstrumentedConnection::borrowed(&raw, database("borrowed"));
        connection.execute("DELETE FROM borrowed", []).expect("three rows");
        assert_eq!(written("borrowed"), [1, 0, 0]);
        connection.execute_batch("COMMIT").expect("one is open");
        assert_eq!(written("borrowed"), [1, 0, 3]);
    }
    assert_eq!(queries("borrowed", "insert"), 2);
}
