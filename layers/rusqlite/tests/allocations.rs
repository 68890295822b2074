//! Observing a statement that is executed allocates nothing, once it has begun. One that is prepared keeps its text.

use allocation_counter::measure;
use rusqlite::{Connection, Row};
use tallymark_rusqlite::{Database, InstrumentedConnection};

/// How many allocations it takes after a few rounds, in which all is looked up that is looked up once.
fn warm(mut operation: impl FnMut()) -> u64 {
    for _ in 0..4 {
        operation();
    }
    measure(operation).count_total
}

fn id(row: &Row<'_>) -> rusqlite::Result<i64> {
    row.get(0)
}

#[test]
fn a_connection_under_observation_allocates_no_more_than_the_connection() {
    const CREATE: &str = "CREATE TABLE counted (id INTEGER)";
    const INSERT: &str = "INSERT INTO counted VALUES (?1)";
    const SELECT: &str = "SELECT ?1 UNION SELECT 2";
    let plain = Connection::open_in_memory().expect("memory is there");
    let raw = Connection::open_in_memory().expect("memory is there");
    let database = Database::builder("allocations").build().expect("a good name");
    let observed = InstrumentedConnection::new(raw, database);
    plain.execute(CREATE, []).expect("a new table");
    observed.execute(CREATE, []).expect("a new table");

    let wanted = warm(|| assert_eq!(plain.execute(INSERT, [1]), Ok(1)));
    assert_eq!(warm(|| assert_eq!(observed.execute(INSERT, [1]), Ok(1))), wanted, "execute");

    let (mut one, mut other) =
        (plain.prepare(INSERT).expect("it is right"), observed.prepare(INSERT).expect("it is right"));
    let wanted = warm(|| assert_eq!(one.execute([1]), Ok(1)));
    assert_eq!(warm(|| assert_eq!(other.execute([1]), Ok(1))), wanted, "a prepared statement");

    let (mut one, mut other) =
        (plain.prepare(SELECT).expect("it is right"), observed.prepare(SELECT).expect("it is right"));
    let wanted = warm(|| one.query_map([1], id).expect("rows").for_each(drop));
    assert_eq!(warm(|| other.query_map([1], id).expect("rows").for_each(drop)), wanted, "rows");
    assert_eq!(warm(|| drop(other.query_row([1], id))), warm(|| drop(one.query_row([1], id))), "one row");

    let prepares = warm(|| drop(plain.prepare_cached(SELECT)));
    assert_eq!(warm(|| drop(observed.prepare_cached(SELECT))), prepares + 1, "its text");
}
