//! What fails, by kind, and what is no failure of the database.

use super::{all_errors, connection, errors, in_flight, queries};
use rusqlite::{Error, types::FromSqlError};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn errors_are_counted_by_kind() {
    let connection = connection("kinds");
    connection.execute("INSERT INTO kinds VALUES (1, 'a')", []).expect("a row");
    for (error, sql) in [
        ("unique", "INSERT INTO kinds VALUES (1, 'a')"),
        ("not_null", "INSERT INTO kinds VALUES (2, NULL)"),
        ("check", "INSERT INTO kinds VALUES (2, 'bad')"),
        ("statement", "SELEKT 1"),
    ] {
        connection.execute(sql, []).expect_err(sql);
        assert_eq!(errors("kinds", error), 1, "{sql}");
    }
    connection.prepare("SELECT nothing FROM kinds").expect_err("no such column");
    connection.query_row("SELECT 1 FROM nowhere", [], |_| Ok(())).expect_err("no such table");
    connection.execute("SELECT 1; SELECT 2", []).expect_err("two statements");
    connection.execute_batch("SELECT 1; SELEKT 2").expect_err("the second");
    assert_eq!((errors("kinds", "statement"), all_errors("kinds")), (5, 8));
    connection.query_row("SELECT ?1", [1, 2], |_| Ok(())).expect_err("one parameter");
    connection.execute("DELETE FROM kinds WHERE id = ?1", [Unfit]).expect_err("no value");
    assert_eq!((errors("kinds", "value"), in_flight("kinds")), (2, Some(0.0)));
}

/// What cannot be made a value.
struct Unfit;

impl rusqlite::ToSql for Unfit {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        Err(Error::ToSqlConversionFailure(Box::new(FromSqlError::InvalidType)))
    }
}

#[test]
fn what_an_application_expected_of_rows_is_no_error_of_the_database() {
    let connection = connection("expected");
    connection.execute("INSERT INTO expected VALUES (1, 'a'), (2, 'a')", []).expect("two rows");
    let select = "SELECT id FROM expected WHERE id >= ?1";
    let id = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
    assert!(matches!(connection.query_row(select, [3], id), Err(Error::QueryReturnedNoRows)));
    assert!(matches!(connection.query_one(select, [1], id), Err(Error::QueryReturnedMoreThanOneRow)));
    assert!(connection.query_row("SELECT note FROM expected", [], id).is_err(), "of another type");
    assert!(matches!(connection.execute(select, [1]), Err(Error::ExecuteReturnedResults)));
    let mut insert =
        connection.prepare("INSERT INTO expected VALUES (?1, 'b'), (?2, 'b')").expect("it is right");
    assert!(matches!(insert.insert([3, 4]), Err(Error::StatementChangedRows(2))));
    let own: Result<i64, String> = connection
        .query_row_and_then(select, [1], |_| Err(Own("of the closure")))
        .map_err(|error| error.0.to_owned());
    assert_eq!(own, Err("of the closure".to_owned()));
    assert_eq!((all_errors("expected"), queries("expected", "select")), (0, 5));
}

/// An error of the application's.
#[derive(Debug)]
struct Own(&'static str);

impl From<Error> for Own {
    fn from(_: Error) -> Self {
        Self("of SQLite")
    }
}

#[test]
fn a_panic_leaves_nothing_in_progress() {
    let connection = connection("panics");
    let panics = || connection.query_row("SELECT 1", [], |_| -> rusqlite::Result<()> { panic!("as asked") });
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!((queries("panics", "select"), in_flight("panics")), (1, Some(0.0)));
    connection.execute("INSERT INTO panics VALUES (1, 'a')", []).expect("it goes on");
}
