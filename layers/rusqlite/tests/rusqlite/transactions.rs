//! Transactions and savepoints.

use super::{connection, database, errors, queries, written};
use rusqlite::{DropBehavior, TransactionBehavior};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tallymark::ModelMetrics;
use tallymark_rusqlite::InstrumentedConnection;

macro_rules! models {
    ($($model:ident $name:literal)*) => {$(
        #[derive(ModelMetrics)]
        #[model(name = $name, table = $name)]
        #[allow(dead_code)]
        struct $model;
    )*};
}

models!(Ends "ends" Saved "saved" Outer "outer" Dropped "dropped" Busy "busy" Refused "refused" Behind "behind");

fn insert(connection: &InstrumentedConnection<'_>, table: &str, id: i64) {
    let sql = format!("INSERT INTO {table} VALUES (?1, 'a')");
    connection.execute(&sql, [id]).expect("a row");
}

fn count(connection: &InstrumentedConnection<'_>, table: &str) -> i64 {
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("a row")
}

#[test]
fn rows_count_when_they_are_committed() {
    let mut connection = connection("ends");
    let transaction = connection.transaction().expect("none is open");
    insert(&transaction, "ends", 1);
    assert_eq!(written("ends"), [0; 3]);
    transaction.commit().expect("one is open");
    assert_eq!(written("ends"), [1, 0, 0]);
    for end in 0..3 {
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).expect("none is open");
        insert(&transaction, "ends", 10);
        match end {
            0 => transaction.rollback().expect("one is open"),
            1 => transaction.finish().expect("one is open"),
            _ => drop(transaction),
        }
        assert!(connection.is_autocommit());
    }
    assert_eq!((written("ends"), count(&connection, "ends")), ([1, 0, 0], 1));
    assert_eq!(queries("ends", "transaction"), 8);
}

#[test]
fn savepoints_are_followed() {
    let mut connection = connection("saved");
    let mut transaction = connection.transaction().expect("none is open");
    insert(&transaction, "saved", 1);
    {
        let mut savepoint = transaction.savepoint().expect("a savepoint");
        insert(&savepoint, "saved", 2);
        let within = savepoint.savepoint_with_name("of my own").expect("a savepoint");
        insert(&within, "saved", 3);
        within.commit().expect("it is there");
        let within = savepoint.savepoint_with_name("a \"name\"").expect("a savepoint");
        insert(&within, "saved", 4);
        drop(within);
        savepoint.commit().expect("it is there");
    }
    {
        let mut savepoint = transaction.savepoint_with_name("again").expect("a savepoint");
        insert(&savepoint, "saved", 5);
        savepoint.rollback().expect("it is there");
        insert(&savepoint, "saved", 6);
        savepoint.commit().expect("it stays until it is released");
    }
    assert_eq!(written("saved"), [0; 3]);
    transaction.commit().expect("one is open");
    assert_eq!((written("saved"), count(&connection, "saved")), ([4, 0, 0], 4));
}

#[test]
fn the_outermost_savepoint_is_a_transaction() {
    let mut connection = connection("outer");
    let savepoint = connection.savepoint().expect("a savepoint");
    insert(&savepoint, "outer", 1);
    assert!(!savepoint.is_autocommit());
    savepoint.commit().expect("it is there");
    assert_eq!(written("outer"), [1, 0, 0]);
    let savepoint = connection.savepoint_with_name("named").expect("a savepoint");
    insert(&savepoint, "outer", 2);
    savepoint.finish().expect("it is there");
    assert!(connection.is_autocommit());
    assert_eq!((written("outer"), count(&connection, "outer")), ([1, 0, 0], 1));
}

#[test]
fn what_is_dropped_ends_as_it_was_told() {
    let mut connection = connection("dropped");
    let mut transaction = connection.transaction().expect("none is open");
    assert_eq!(transaction.drop_behavior(), DropBehavior::Rollback);
    transaction.set_drop_behavior(DropBehavior::Commit);
    insert(&transaction, "dropped", 1);
    {
        let mut savepoint = transaction.savepoint().expect("a savepoint");
        savepoint.set_drop_behavior(DropBehavior::Commit);
        insert(&savepoint, "dropped", 2);
    }
    drop(transaction);
    assert_eq!(written("dropped"), [2, 0, 0]);

    let mut transaction = connection.unchecked_transaction().expect("none is open");
    transaction.set_drop_behavior(DropBehavior::Ignore);
    insert(&transaction, "dropped", 3);
    drop(transaction);
    assert_eq!(written("dropped"), [2, 0, 0]);
    connection.execute_batch("COMMIT").expect("it is still open");
    assert_eq!(written("dropped"), [3, 0, 0]);

    let mut transaction = connection.transaction().expect("none is open");
    transaction.set_drop_behavior(DropBehavior::Panic);
    insert(&transaction, "dropped", 4);
    assert!(catch_unwind(AssertUnwindSafe(|| drop(transaction))).is_err());
    connection.execute_batch("ROLLBACK").expect("it is still open");
    assert_eq!((written("dropped"), count(&connection, "dropped")), ([3, 0, 0], 3));
}

#[test]
fn a_commit_that_is_refused_counts_nothing() {
    let mut connection = connection("refused");
    connection
        .execute_batch(
            "PRAGMA foreign_keys = ON;
             CREATE TABLE child (id INTEGER REFERENCES refused (id) DEFERRABLE INITIALLY DEFERRED)",
        )
        .expect("a new table");
    let transaction = connection.transaction().expect("none is open");
    insert(&transaction, "refused", 1);
    transaction.execute("INSERT INTO child VALUES (7)", []).expect("checked at the end");
    transaction.commit().expect_err("7 is not there");
    assert!(connection.is_autocommit(), "it was rolled back when it was dropped");
    assert_eq!((written("refused"), count(&connection, "refused")), ([0; 3], 0));
    assert_eq!(errors("refused", "foreign_key"), 1);
}

#[test]
fn a_transaction_within_another_is_an_error() {
    let connection = connection("busy");
    let transaction = connection.unchecked_transaction().expect("none is open");
    insert(&transaction, "busy", 1);
    connection.unchecked_transaction().expect_err("one is open");
    transaction.commit().expect("it is still open");
    assert_eq!((written("busy"), errors("busy", "statement")), ([1, 0, 0], 1));
}

#[test]
fn a_transaction_that_ends_unobserved_is_noticed() {
    let connection = InstrumentedConnection::open_in_memory(database("behind")).expect("memory is there");
    connection.execute_batch("CREATE TABLE behind (id INTEGER, note TEXT); BEGIN").expect("all of it");
    insert(&connection, "behind", 1);
    connection.unobserved().execute_batch("COMMIT").expect("one is open");
    insert(&connection, "behind", 2);
    // The second was written by itself; of the first nobody knows.
    let labels = [("db", "behind"), ("reason", "transaction")];
    assert!(written("behind")[0] <= 2);
    assert!(super::counter("tallymark_uncounted_model_writes_total", &labels) >= 1);
    insert(&connection, "behind", 3);
    assert!(written("behind")[0] >= 1, "from here on it is known again");
}
