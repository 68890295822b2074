//! Transactions: rows count when they are there for others to see.

use crate::{connect, model};
use crate::{in_flight, queries, rows};
use diesel::{Connection as _, ExpressionMethods as _, RunQueryDsl as _, result::Error, sql_query};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tallymark_diesel::CountedDsl as _;

#[test]
fn rows_count_at_commit() {
    model!(DieselCommit, diesel_commit);
    use diesel_commit::dsl::{diesel_commit as table, label};
    let connection = &mut connect("diesel_commit", "diesel_commit");
    let committed = connection.transaction(|connection| {
        diesel::insert_into(table).values(label.eq("a")).execute_counted(connection)?;
        diesel::insert_into(table).values(&vec![label.eq("b"), label.eq("c")]).execute_counted(connection)?;
        assert_eq!(rows("diesel_commit"), (0, 0, 0));
        diesel::delete(table).execute_counted(connection)
    });
    assert_eq!(committed, Ok(3));
    assert_eq!(rows("diesel_commit"), (3, 0, 3));
    assert_eq!(queries("diesel_commit", "transaction"), 2);
}

#[test]
fn rows_that_are_rolled_back_never_count() {
    model!(DieselRollback, diesel_rollback);
    use diesel_rollback::dsl::{diesel_rollback as table, label};
    let connection = &mut connect("diesel_rollback", "diesel_rollback");
    let rolled_back: Result<(), Error> = connection.transaction(|connection| {
        diesel::insert_into(table).values(label.eq("a")).execute_counted(connection)?;
        Err(Error::RollbackTransaction)
    });
    assert_eq!(rolled_back, Err(Error::RollbackTransaction));
    connection.begin_test_transaction().expect("a transaction");
    diesel::insert_into(table).values(label.eq("c")).execute_counted(connection).expect("a row");
    assert_eq!(rows("diesel_rollback"), (0, 0, 0));
    assert_eq!(in_flight("diesel_rollback"), 0);
}

#[test]
fn a_panic_in_a_transaction_counts_no_rows() {
    model!(DieselPanic, diesel_panic);
    use diesel_panic::dsl::{diesel_panic as table, label};
    let mut connection = connect("diesel_panic", "diesel_panic");
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        connection.transaction::<(), Error, _>(|connection| {
            diesel::insert_into(table).values(label.eq("b")).execute_counted(connection)?;
            panic!("in the middle")
        })
    }));
    panicked.expect_err("it panicked");
    drop(connection);
    assert_eq!(rows("diesel_panic"), (0, 0, 0));
    assert_eq!(in_flight("diesel_panic"), 0);
}

#[test]
fn savepoints_are_followed() {
    model!(DieselSavepoint, diesel_savepoint);
    use diesel_savepoint::dsl::{diesel_savepoint as table, label};
    let connection = &mut connect("diesel_savepoint", "diesel_savepoint");
    let insert = |text: &'static str| diesel::insert_into(table).values(label.eq(text));
    connection
        .transaction(|connection| {
            insert("a").execute_counted(connection)?;
            let inner: Result<(), Error> = connection.transaction(|connection| {
                insert("b").execute_counted(connection)?;
                connection.transaction(|connection| insert("c").execute_counted(connection))?;
                Err(Error::RollbackTransaction)
            });
            assert_eq!(inner, Err(Error::RollbackTransaction));
            connection.transaction(|connection| insert("d").execute_counted(connection))
        })
        .expect("a and d");
    assert_eq!(rows("diesel_savepoint"), (2, 0, 0));
}

#[test]
fn transactions_in_sql_are_followed_too() {
    model!(DieselText, diesel_text);
    use diesel_text::dsl::{diesel_text as table, label};
    let connection = &mut connect("diesel_text", "diesel_text");
    let insert = |text: &'static str| diesel::insert_into(table).values(label.eq(text));
    sql_query("BEGIN").execute(connection).expect("a transaction");
    insert("a").execute_counted(connection).expect("a row");
    sql_query("ROLLBACK").execute(connection).expect("no transaction");
    sql_query("BEGIN IMMEDIATE").execute(connection).expect("a transaction");
    insert("a").execute_counted(connection).expect("a row");
    assert_eq!(rows("diesel_text"), (0, 0, 0));
    sql_query("COMMIT").execute(connection).expect("no transaction");
    assert_eq!(rows("diesel_text"), (1, 0, 0));
}

#[test]
fn a_connection_that_is_closed_in_a_transaction_counts_nothing() {
    model!(DieselClosed, diesel_closed);
    use diesel_closed::dsl::{diesel_closed as table, label};
    let mut connection = connect("diesel_closed", "diesel_closed");
    sql_query("BEGIN").execute(&mut connection).expect("a transaction");
    diesel::insert_into(table).values(label.eq("a")).execute_counted(&mut connection).expect("a row");
    drop(connection);
    assert_eq!(rows("diesel_closed"), (0, 0, 0));
}
