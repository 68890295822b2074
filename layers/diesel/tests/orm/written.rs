//! Rows of models, by how they are written.

use crate::{assert_hidden, errors, in_flight, queries, rows, uncounted};
use crate::{connect, model};
use diesel::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, sql_query, upsert::excluded};
use tallymark_diesel::CountedDsl as _;

#[test]
fn one_row_and_many() {
    model!(DieselMany, diesel_many);
    use diesel_many::dsl::{diesel_many as table, id, label};
    let connection = &mut connect("diesel_many", "diesel_many");
    diesel::insert_into(table).values(label.eq("secret-1")).execute_counted(connection).expect("a row");
    assert_eq!(rows("diesel_many"), (1, 0, 0));
    let list = vec![label.eq("secret-2"), label.eq("secret-3")];
    assert_eq!(diesel::insert_into(table).values(&list).execute_counted(connection), Ok(2));
    assert_eq!(rows("diesel_many"), (3, 0, 0));
    let updated = diesel::update(table.filter(id.lt(3))).set(label.eq(label)).execute_counted(connection);
    assert_eq!(updated, Ok(2));
    assert_eq!(diesel::delete(table.filter(id.eq(1))).execute_counted(connection), Ok(1));
    assert_eq!(diesel::delete(table.filter(id.eq(99))).execute_counted(connection), Ok(0));
    assert_eq!(rows("diesel_many"), (3, 2, 1));
    assert_eq!(queries("diesel_many", "insert"), 2);
    assert_eq!((queries("diesel_many", "update"), queries("diesel_many", "delete")), (1, 2));
    assert_hidden("secret-");
}

#[test]
fn rows_that_diesel_writes_one_by_one() {
    model!(DieselBatch, diesel_batch);
    use diesel_batch::dsl::{diesel_batch as table, id, label};
    let connection = &mut connect("diesel_batch", "diesel_batch");
    // SQLite has no word for a default, so each row is a statement, and all are a transaction.
    let list = vec![(Some(id.eq(7)), label.eq("a")), (None, label.eq("b")), (None, label.eq("c"))];
    assert_eq!(diesel::insert_into(table).values(&list).execute_counted(connection), Ok(3));
    assert_eq!(rows("diesel_batch"), (3, 0, 0));
    assert_eq!((queries("diesel_batch", "insert"), queries("diesel_batch", "transaction")), (3, 2));
    let list = vec![(Some(id.eq(9)), label.eq("d")), (None, label.eq("a"))];
    diesel::insert_into(table).values(&list).execute_counted(connection).expect_err("there is an `a`");
    assert_eq!(rows("diesel_batch"), (3, 0, 0));
    let rolled_back: Result<(), _> = diesel::Connection::transaction(connection, |connection| {
        let list = vec![(Some(id.eq(9)), label.eq("d")), (None, label.eq("e"))];
        diesel::insert_into(table).values(&list).execute_counted(connection)?;
        Err(diesel::result::Error::RollbackTransaction)
    });
    rolled_back.expect_err("as asked for");
    assert_eq!(rows("diesel_batch"), (3, 0, 0));
}

#[test]
fn rows_that_come_back() {
    model!(DieselReturning, diesel_returning);
    use diesel_returning::{
        DieselReturning,
        dsl::{diesel_returning as table, label},
    };
    let connection = &mut connect("diesel_returning", "diesel_returning");
    let one: DieselReturning =
        diesel::insert_into(table).values(label.eq("a")).get_result_counted(connection).expect("a row");
    assert_eq!(one.label, "a");
    let updated: Vec<DieselReturning> =
        diesel::update(table).set(label.eq("b")).get_results_counted(connection).expect("rows");
    assert_eq!(updated.len(), 1);
    let deleted: Vec<DieselReturning> = diesel::delete(table).load_counted(connection).expect("rows");
    assert_eq!(deleted.len(), 1);
    assert_eq!(rows("diesel_returning"), (1, 1, 1));
    assert_eq!(in_flight("diesel_returning"), 0);
}

#[test]
fn raw_sql_and_upserts_and_rows_from_elsewhere() {
    model!(DieselRaw, diesel_raw);
    use diesel_raw::dsl::{diesel_raw as table, id, label};
    let connection = &mut connect("diesel_raw", "diesel_raw");
    let raw = sql_query("INSERT INTO \"diesel_raw\" (label) VALUES ('a'), ('b')");
    assert_eq!(raw.execute_counted(connection), Ok(2));
    let upsert = diesel::insert_into(table).values((id.eq(1), label.eq("c")));
    let upsert = upsert.on_conflict(id).do_update().set(label.eq(excluded(label)));
    assert_eq!(upsert.execute_counted(connection), Ok(1));
    let nothing = diesel::insert_into(table).values((id.eq(1), label.eq("d"))).on_conflict_do_nothing();
    assert_eq!(nothing.execute_counted(connection), Ok(0));
    let copied = sql_query("INSERT INTO diesel_raw (label) SELECT label || '!' FROM diesel_raw");
    assert_eq!(copied.execute_counted(connection), Ok(2));
    assert_eq!(rows("diesel_raw"), (4, 0, 0));
    assert_eq!(
        uncounted("diesel_raw", "mixed"),
        1,
        "the upsert reports one row, and not what was done to it"
    );
}

#[test]
fn a_statement_that_fails_writes_nothing() {
    model!(DieselFailed, diesel_failed);
    use diesel_failed::dsl::{diesel_failed as table, label};
    let connection = &mut connect("diesel_failed", "diesel_failed");
    diesel::insert_into(table).values(label.eq("a")).execute_counted(connection).expect("a row");
    let twice = vec![label.eq("b"), label.eq("a")];
    diesel::insert_into(table).values(&twice).execute_counted(connection).expect_err("there is an `a`");
    diesel::insert_into(table)
        .values(label.eq("a"))
        .execute_counted(connection)
        .expect_err("there is an `a`");
    let null = sql_query("INSERT INTO diesel_failed (label) VALUES (NULL)");
    null.execute_counted(connection).expect_err("it may not be null");
    sql_query("SELEKT 1").execute_counted(connection).expect_err("no such word");
    assert_eq!(rows("diesel_failed"), (1, 0, 0));
    assert_eq!((errors("diesel_failed", "unique"), errors("diesel_failed", "not_null")), (2, 1));
    assert_eq!(errors("diesel_failed", "other"), 1);
    assert_eq!(in_flight("diesel_failed"), 0);
}

#[test]
fn plain_statements_count_no_rows_and_leave_none_behind() {
    model!(DieselPlain, diesel_plain);
    use diesel_plain::dsl::{diesel_plain as table, id, label};
    let connection = &mut connect("diesel_plain", "diesel_plain");
    diesel::insert_into(table).values(label.eq("a")).execute(connection).expect("a row");
    // The rows of the next statement are of no model, and must not be taken for those of the last.
    sql_query("CREATE TABLE notes (id INTEGER)").execute_counted(connection).expect("a table");
    sql_query("INSERT INTO notes VALUES (1), (2)").execute_counted(connection).expect("rows");
    assert_eq!(rows("diesel_plain"), (0, 0, 0));
    assert_eq!(uncounted("diesel_plain", "unreported"), 1);
    let found: Result<i32, _> = table.filter(id.eq(77)).select(id).first(connection);
    assert_eq!(found, Err(diesel::NotFound));
    assert_eq!(queries("diesel_plain", "insert"), 2);
    assert_eq!(queries("diesel_plain", "select"), 1);
    assert_eq!(errors("diesel_plain", "other"), 0);
}

#[test]
fn without_an_observer_nothing_is_counted_and_nothing_changes() {
    use diesel::Connection as _;
    model!(DieselAlone, diesel_alone);
    use diesel_alone::dsl::{diesel_alone as table, label};
    let connection = &mut connect("diesel_alone", "diesel_alone");
    connection.set_instrumentation(|_: diesel::connection::InstrumentationEvent<'_>| {});
    assert_eq!(diesel::insert_into(table).values(label.eq("a")).execute_counted(connection), Ok(1));
    assert_eq!(rows("diesel_alone"), (0, 0, 0));
    assert_eq!(queries("diesel_alone", "insert"), 0);
}
