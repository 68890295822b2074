//! Rows of models, by what SQLite reports.

use super::{connection, written};
use tallymark::ModelMetrics;

macro_rules! models {
    ($($model:ident $name:literal)*) => {$(
        #[derive(ModelMetrics)]
        #[model(name = $name, table = $name)]
        #[allow(dead_code)]
        struct $model;
    )*};
}

models!(Counted "counted" Returned "returned" Texts "texts" Triggered "triggered");

#[test]
fn rows_are_counted_as_they_are_reported() {
    let connection = connection("counted");
    let run = |sql: &str| {
        connection.execute(sql, []).expect(sql);
        written("counted")
    };
    assert_eq!(run("INSERT INTO counted VALUES (1, 'a'), (2, 'a'), (3, 'a')"), [3, 0, 0]);
    assert_eq!(run("UPDATE counted SET note = 'b' WHERE id > 1"), [3, 2, 0]);
    assert_eq!(run("UPDATE counted SET note = 'b' WHERE id > 9"), [3, 2, 0]);
    assert_eq!(run("INSERT INTO counted VALUES (3, 'c'), (4, 'c') ON CONFLICT DO NOTHING"), [4, 2, 0]);
    connection.execute("INSERT INTO counted VALUES (5, 'd'), (1, 'd')", []).expect_err("1 is there");
    assert_eq!(run("DELETE FROM counted"), [4, 2, 4]);
    connection.query_row("SELECT count(*) FROM counted", [], |_| Ok(())).expect("a row");
    assert_eq!(written("counted"), [4, 2, 4], "what was changed before is not changed again");
}

#[test]
fn rows_that_come_back_are_counted_even_if_nobody_reads_them() {
    let connection = connection("returned");
    let id = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
    let insert = "INSERT INTO returned VALUES (?1, 'a'), (?1 + 1, 'a'), (?1 + 2, 'a') RETURNING id";
    assert_eq!(connection.query_row(insert, [1], id).expect("a row"), 1);
    assert_eq!(written("returned"), [3, 0, 0], "the first is enough");
    let mut prepared = connection.prepare(insert).expect("it is right");
    let ids: Result<Vec<i64>, _> = prepared.query_map([11], id).expect("rows").collect();
    assert_eq!((ids.expect("numbers").len(), written("returned")), (3, [6, 0, 0]));
    connection.execute(insert, [21]).expect_err("it is for statements without rows");
    assert_eq!(written("returned"), [9, 0, 0], "they were written all the same");
    let count = connection.query_row("SELECT count(*) FROM returned", [], id).expect("a row");
    assert_eq!(count, 9);
}

#[test]
fn each_statement_of_a_text_is_counted() {
    let connection = connection("texts");
    let text = "INSERT INTO texts VALUES (1, 'a'); -- a comment; with a semicolon
        BEGIN; INSERT INTO texts VALUES (2, 'a'), (3, 'a') RETURNING id; UPDATE texts SET note = 'b'; COMMIT;
        SELECT * FROM texts; DELETE FROM texts WHERE id = 1; ;";
    connection.execute_batch(text).expect("all of it");
    assert_eq!(written("texts"), [3, 3, 1]);
    let half = "INSERT INTO texts VALUES (4, 'a'); INSERT INTO texts VALUES (4, 'a'); DELETE FROM texts";
    connection.execute_batch(half).expect_err("it is there");
    assert_eq!(written("texts"), [4, 3, 1], "the first stays, and the third was not executed");
    let count: i64 = connection.query_row("SELECT count(*) FROM texts", [], |row| row.get(0)).expect("a row");
    assert_eq!(count, 3);
}

#[test]
fn what_triggers_write_is_not_taken_for_the_statement() {
    let connection = connection("triggered");
    connection
        .execute_batch(
            "CREATE TABLE log (id INTEGER); CREATE TRIGGER logs AFTER INSERT ON triggered BEGIN \
             INSERT INTO log VALUES (new.id); INSERT INTO log VALUES (new.id); END; INSERT INTO triggered VALUES (1, 'a')",
        )
        .expect("all of it");
    connection.execute("INSERT INTO triggered VALUES (2, 'a')", []).expect("a row");
    assert_eq!(written("triggered"), [2, 0, 0]);
}
