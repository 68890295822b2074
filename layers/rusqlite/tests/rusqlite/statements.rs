//! Statements, prepared and not.

use super::{connection, in_flight, queries};
use rusqlite::params;
use tallymark::registry::snapshot;

fn timed(db: &str, operation: &str) -> u64 {
    let labels = [("db", db), ("vendor", "sqlite"), ("operation", operation)];
    snapshot()
        .histogram("db_query_duration_seconds", &labels)
        .map_or(0, tallymark::snapshot::HistogramValue::count)
}

#[test]
fn each_execution_of_a_prepared_statement_is_counted() {
    let connection = connection("prepared");
    let mut insert = connection.prepare("INSERT INTO prepared VALUES (?1, ?2)").expect("it is right");
    assert_eq!(queries("prepared", "insert"), 0, "it was not executed");
    for id in 1..=3 {
        assert_eq!(insert.execute(params![id, "a"]).expect("a row"), 1);
    }
    assert_eq!(insert.insert((4, "a")).expect("a row"), 4);
    insert.raw_bind_parameter(1, 5).expect("a place");
    insert.raw_bind_parameter(2, "a").expect("a place");
    assert_eq!(insert.raw_execute().expect("a row"), 1);
    assert_eq!(insert.parameter_count(), 2);
    assert_eq!((queries("prepared", "insert"), timed("prepared", "insert")), (5, 5));
    assert_eq!((connection.last_insert_rowid(), connection.changes()), (5, 1));

    for _ in 0..2 {
        let mut cached =
            connection.prepare_cached("SELECT id FROM prepared WHERE id > ?1").expect("it is right");
        let ids: Result<Vec<i64>, _> = cached.query_map([2], |row| row.get(0)).expect("rows").collect();
        assert_eq!(ids.expect("numbers"), [3, 4, 5]);
        assert!(cached.exists([4]).expect("it is right"));
        assert!(!cached.exists([5]).expect("it is right"));
        assert_eq!(cached.query_row([1], |row| row.get::<_, i64>(0)).expect("a row"), 2);
        assert_eq!(cached.query_one([4], |row| row.get::<_, i64>(0)).expect("a row"), 5);
        assert_eq!(cached.column_names(), ["id"]);
    }
    assert_eq!((queries("prepared", "select"), timed("prepared", "select")), (10, 10));
    assert_eq!(in_flight("prepared"), Some(0.0));
}

#[test]
fn rows_that_nobody_asks_for_were_not_executed() {
    let connection = connection("asked");
    let mut select = connection.prepare("SELECT 1 UNION SELECT 2 UNION SELECT 3").expect("it is right");
    drop(select.query([]).expect("nothing to bind"));
    assert_eq!(queries("asked", "select"), 0);
    {
        let mut rows = select.query([]).expect("nothing to bind");
        assert!(rows.next().expect("a row").is_some());
        assert_eq!((queries("asked", "select"), in_flight("asked")), (1, Some(1.0)));
        assert_eq!(timed("asked", "select"), 0);
    }
    assert_eq!((timed("asked", "select"), in_flight("asked")), (1, Some(0.0)));
    let mut rows = select.raw_query();
    let mut count = 0;
    while rows.next().expect("a row or none").is_some() {
        count += 1;
    }
    assert!(rows.next().expect("none").is_none(), "it does not begin again");
    assert_eq!((count, queries("asked", "select"), timed("asked", "select")), (3, 2, 2));
}

#[test]
fn statements_within_the_rows_of_another_are_counted() {
    let connection = connection("nested");
    connection.execute("INSERT INTO nested VALUES (1, 'a'), (2, 'a')", []).expect("two rows");
    let mut select = connection.prepare("SELECT id FROM nested").expect("it is right");
    let ids = select.query_and_then([], |row| row.get::<_, i64>(0)).expect("rows");
    for id in ids {
        let id = id.expect("a number");
        let note = "SELECT note FROM nested WHERE id = ?1";
        connection.query_row(note, [id], |row| row.get::<_, String>(0)).expect("a row");
        connection.execute("UPDATE nested SET note = 'b' WHERE id = ?1", [id]).expect("a row");
    }
    assert_eq!((queries("nested", "select"), queries("nested", "update")), (3, 2));
    assert_eq!(in_flight("nested"), Some(0.0));
}
