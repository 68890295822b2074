//! Rows of models, counted when they are there to stay.

use crate::reader::rows;
use tallymark::{
    ModelMetrics,
    db::{Database, ErrorKind, Session, Sqlstate, Vendor},
};

fn session(name: &str, vendor: Vendor) -> Session {
    Session::new(Database::builder(name).vendor(vendor).build().expect("good settings"))
}

/// Executes a text that writes so many rows.
fn run(session: &mut Session, sql: &str, rows: u64) {
    session.database().statement(sql).done_in(session, Some(rows));
}

#[derive(ModelMetrics)]
#[model(name = "plain_row", table = "plain_rows")]
struct PlainRow;

#[test]
fn rows_are_those_that_the_driver_tells() {
    let mut session = session("plain_rows", Vendor::Sqlite);
    run(&mut session, "INSERT INTO plain_rows VALUES (1), (2), (3)", 3);
    run(&mut session, "UPDATE \"main\".\"plain_rows\" SET a = 1", 2);
    run(&mut session, "DELETE FROM PLAIN_ROWS", 1);
    run(&mut session, "DELETE FROM plain_rows_archive", 9);
    run(&mut session, "SELECT * FROM plain_rows", 9);
    assert_eq!(rows("plain_row"), [3, 2, 1]);
    session
        .database()
        .statement("INSERT INTO plain_rows VALUES (1)")
        .failed_in(&mut session, ErrorKind::Unique);
    drop(session.database().statement("INSERT INTO plain_rows VALUES (1)"));
    session.database().statement("INSERT INTO plain_rows VALUES (1)").done(None);
    assert_eq!(rows("plain_row"), [3, 2, 1]);
}

#[derive(ModelMetrics)]
#[model(name = "kept_row", table = "shop.kept_rows")]
struct KeptRow;

#[derive(ModelMetrics)]
#[model(name = "kept_row", table = "shop.kept_rows")]
struct NewKeptRow;

#[test]
fn rows_of_a_transaction_count_when_it_is_committed() {
    let mut session = session("kept_rows", Vendor::Sqlite);
    session.begin();
    run(&mut session, "INSERT INTO shop.kept_rows VALUES (1)", 1);
    session.begin();
    run(&mut session, "INSERT INTO kept_rows VALUES (1)", 10);
    session.rollback();
    session.begin();
    run(&mut session, "INSERT INTO kept_rows VALUES (1)", 100);
    session.commit();
    run(&mut session, "INSERT INTO other.kept_rows VALUES (1)", 1_000);
    assert_eq!(rows("kept_row"), [0, 0, 0]);
    session.commit();
    assert_eq!(rows("kept_row"), [101, 0, 0], "two structs of one name are one model");

    session.begin();
    run(&mut session, "DELETE FROM kept_rows", 5);
    session.rollback();
    session.begin();
    run(&mut session, "DELETE FROM kept_rows", 5);
    drop(session);
    assert_eq!(rows("kept_row"), [101, 0, 0]);
}

#[derive(ModelMetrics)]
#[model(table = "text_rows")]
struct TextRow;

#[test]
fn transactions_are_followed_through_texts() {
    let mut session = session("text_rows", Vendor::Sqlite);
    for (sql, rows) in [
        ("BEGIN", 0),
        ("INSERT INTO text_rows VALUES (1)", 1),
        ("SAVEPOINT one", 0),
        ("INSERT INTO text_rows VALUES (1)", 10),
        ("SAVEPOINT two", 0),
        ("INSERT INTO text_rows VALUES (1)", 100),
        ("ROLLBACK TO one", 0),
        ("INSERT INTO text_rows VALUES (1)", 1_000),
        ("RELEASE one", 0),
        ("COMMIT", 0),
        ("BEGIN", 0),
        ("INSERT INTO text_rows VALUES (1)", 10_000),
        ("ROLLBACK", 0),
    ] {
        run(&mut session, sql, rows);
    }
    assert!(!session.is_open());
    assert_eq!(rows("text_row"), [1_001, 0, 0]);

    let mut text = session.database().statement(
        "INSERT INTO text_rows VALUES (1); BEGIN; INSERT INTO text_rows VALUES (1); ROLLBACK; DELETE FROM text_rows",
    );
    for rows in [2, 0, 20, 0, 3] {
        text.result(&mut session, rows);
    }
    text.ended(&mut session);
    assert_eq!(rows("text_row"), [1_003, 0, 3]);
}

#[derive(ModelMetrics)]
#[model(table = "aborted_rows")]
struct AbortedRow;

#[test]
fn an_error_ends_a_transaction_of_postgresql() {
    let code = Sqlstate::new("23505").expect("a code");
    let insert = "INSERT INTO aborted_rows VALUES (1)";
    let mut session = session("aborted_rows", Vendor::Postgresql);
    session.begin();
    run(&mut session, insert, 1);
    session.database().statement(insert).failed_in(&mut session, code);
    session.commit();
    assert_eq!(rows("aborted_row"), [0, 0, 0], "COMMIT rolls back");

    session.begin();
    run(&mut session, insert, 1);
    session.begin();
    session.database().statement(insert).failed_in(&mut session, code);
    session.rollback();
    session.commit();
    assert_eq!(rows("aborted_row"), [1, 0, 0], "a savepoint saves the rest");

    let mut text = session.database().statement("INSERT INTO aborted_rows VALUES (1); DELETE FROM nothing");
    text.result(&mut session, 1);
    text.failed_in(&mut session, code);
    assert!(!session.is_open());
    assert_eq!(rows("aborted_row"), [1, 0, 0], "a text of several statements is rolled back as a whole");
}

#[derive(ModelMetrics)]
#[model(table = "deadlocked_rows")]
struct DeadlockedRow;

#[test]
fn a_deadlock_of_mysql_rolls_back_what_was_before_it() {
    let insert = "INSERT INTO deadlocked_rows VALUES (1)";
    let mut session = session("deadlocked_rows", Vendor::Mysql);
    session.begin();
    run(&mut session, insert, 1);
    session.database().statement(insert).failed_in(&mut session, Sqlstate::new("23000").expect("a code"));
    session.commit();
    assert_eq!(rows("deadlocked_row"), [1, 0, 0], "another error undoes its statement only");
    session.begin();
    run(&mut session, insert, 10);
    session.database().statement(insert).failed_in(&mut session, Sqlstate::new("40001").expect("a code"));
    run(&mut session, insert, 100);
    session.commit();
    assert_eq!(rows("deadlocked_row"), [101, 0, 0]);
}

#[derive(ModelMetrics)]
#[model(table = "upserted_rows")]
struct UpsertedRow;

#[test]
fn upserts_count_as_what_the_driver_tells() {
    let insert = "INSERT INTO upserted_rows VALUES (1), (2) ON DUPLICATE KEY UPDATE a = 1";
    let mut mysql = session("upserted_rows", Vendor::Mysql);
    run(&mut mysql, insert, 2);
    assert_eq!(rows("upserted_row"), [2, 0, 0]);
    run(&mut mysql, insert, 3);
    assert_eq!(rows("upserted_row"), [3, 1, 0]);
    run(&mut mysql, "REPLACE INTO upserted_rows VALUES (1), (2)", 3);
    assert_eq!(rows("upserted_row"), [5, 1, 1]);
    let mut sqlite = session("upserted_rows_too", Vendor::Sqlite);
    run(&mut sqlite, "INSERT INTO upserted_rows VALUES (1) ON CONFLICT DO UPDATE SET a = 1", 1);
    run(&mut sqlite, "INSERT OR REPLACE INTO upserted_rows VALUES (1)", 1);
    assert_eq!(rows("upserted_row"), [7, 1, 1], "one number that the database calls inserted");
    run(&mut sqlite, "MERGE INTO upserted_rows USING b ON 1 WHEN MATCHED THEN DELETE", 4);
    run(
        &mut sqlite,
        "MERGE INTO upserted_rows USING b ON 1 WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
        4,
    );
    assert_eq!(rows("upserted_row"), [7, 1, 5], "one number for two things is not counted");
}

#[derive(ModelMetrics)]
#[model(table = "hasty_rows", on_statement)]
struct HastyRow;

#[derive(ModelMetrics)]
#[model(table = "patient_rows")]
struct PatientRow;

#[test]
fn rows_count_at_once_where_that_is_wanted() {
    let mut patient = session("hasty_rows", Vendor::Sqlite);
    patient.begin();
    run(&mut patient, "INSERT INTO hasty_rows VALUES (1)", 1);
    run(&mut patient, "INSERT INTO patient_rows VALUES (1)", 1);
    assert_eq!((rows("hasty_row"), rows("patient_row")), ([1, 0, 0], [0, 0, 0]));
    patient.rollback();

    let database = Database::builder("hasty").on_statement().build().expect("good settings");
    let mut hasty = Session::new(database);
    hasty.begin();
    run(&mut hasty, "INSERT INTO patient_rows VALUES (1)", 1);
    hasty.rollback();
    assert_eq!((rows("hasty_row"), rows("patient_row")), ([1, 0, 0], [1, 0, 0]));
}

macro_rules! models {
    ($($model:ident)*) => {$(
        #[derive(ModelMetrics)]
        struct $model;
    )*};
}

models!(Many1 Many2 Many3 Many4 Many5 Many6 Many7 Many8 Many9);

#[test]
fn a_transaction_may_write_to_any_number_of_tables() {
    let mut session = session("many", Vendor::Sqlite);
    session.begin();
    let write = |session: &mut Session| {
        for table in 1..=9 {
            run(session, &format!("INSERT INTO many{table} VALUES (1)"), table);
            run(session, &format!("UPDATE many{table} SET a = 1"), 1);
        }
    };
    write(&mut session);
    session.begin();
    write(&mut session);
    session.rollback();
    write(&mut session);
    session.commit();
    for table in 1..=9 {
        assert_eq!(rows(&format!("many{table}")), [2 * table, 2, 0], "{table}");
    }
}
