//! How connections come to be observed.

use crate::{connect, model};
use crate::{database, queries, rows};
use diesel::{
    Connection as _, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SqliteConnection,
    connection::InstrumentationEvent,
    r2d2::{ConnectionManager, CustomizeConnection, Error, Pool},
    sql_query,
};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use tallymark::registry;
use tallymark_diesel::{CountedDsl as _, DieselObserver, establish, observe};

#[derive(Debug)]
struct Observe;

impl CustomizeConnection<SqliteConnection, Error> for Observe {
    fn on_acquire(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        observe(connection, database("diesel_pooled"));
        Ok(())
    }
}

#[test]
fn connections_of_a_pool_count_rows() {
    model!(DieselPooled, diesel_pooled);
    use diesel_pooled::dsl::{diesel_pooled as table, label};
    let manager = ConnectionManager::<SqliteConnection>::new(":memory:");
    let pool =
        Pool::builder().max_size(1).connection_customizer(Box::new(Observe)).build(manager).expect("a pool");
    let connection = &mut pool.get().expect("the connection");
    sql_query("CREATE TABLE diesel_pooled (id INTEGER PRIMARY KEY, label TEXT)")
        .execute(connection)
        .expect("a table");
    diesel::insert_into(table).values(label.eq("a")).execute_counted(connection).expect("a row");
    connection
        .transaction(|connection| {
            diesel::insert_into(table).values(label.eq("b")).execute_counted(connection)
        })
        .expect("a row");
    assert_eq!(rows("diesel_pooled"), (2, 0, 0));
    assert_eq!(queries("diesel_pooled", "insert"), 2);
}

#[test]
fn statements_are_prepared_once_and_kept_as_long_as_their_connection() {
    model!(DieselPrepared, diesel_prepared);
    use diesel_prepared::dsl::{diesel_prepared as table, label};
    let mut connection = connect("diesel_prepared", "diesel_prepared");
    let value = |family| registry::snapshot().value(family, &[("db", "diesel_prepared")]);
    for text in ["a", "b", "c"] {
        diesel::insert_into(table).values(label.eq(text)).execute(&mut connection).expect("a row");
    }
    table.count().get_result::<i64>(&mut connection).expect("a number");
    assert_eq!(value("db_statement_cache_misses_total"), Some(2.0));
    assert_eq!(value("db_statement_cache_entries"), Some(2.0));
    assert_eq!(value("db_statement_cache_hits_total"), None, "nobody tells");
    drop(connection);
    assert_eq!(value("db_statement_cache_entries"), Some(0.0));
    assert_eq!(value("db_statement_cache_misses_total"), Some(2.0));
}

#[test]
fn another_instrumentation_gets_every_event() {
    model!(DieselThen, diesel_then);
    use diesel_then::dsl::{diesel_then as table, label};
    let mut connection = connect("diesel_then", "diesel_then");
    let events = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&events);
    connection.set_instrumentation(DieselObserver::new(database("diesel_then")).then(
        move |event: InstrumentationEvent<'_>| {
            if matches!(
                event,
                InstrumentationEvent::StartQuery { .. } | InstrumentationEvent::FinishQuery { .. }
            ) {
                seen.fetch_add(1, Ordering::Relaxed);
            }
        },
    ));
    diesel::insert_into(table).values(label.eq("a")).execute_counted(&mut connection).expect("a row");
    assert_eq!(events.load(Ordering::Relaxed), 2);
    assert_eq!(rows("diesel_then"), (1, 0, 0));
}

#[test]
fn connections_are_counted_when_they_are_opened_and_when_they_cannot_be() {
    let database = database("diesel_establish");
    let mut connection: SqliteConnection = establish(database, ":memory:").expect("a database in memory");
    sql_query("SELECT 1").execute(&mut connection).expect("one");
    let refused = establish::<SqliteConnection>(database, "/nowhere/at/all/hunter2.sqlite").map(drop);
    refused.expect_err("there is no such directory");
    let snapshot = registry::snapshot();
    let db = [("db", "diesel_establish")];
    assert_eq!(snapshot.counter("db_connections_opened_total", &db), Some(1));
    assert_eq!(snapshot.counter("db_connection_errors_total", &db), Some(1));
    assert_eq!(crate::errors("diesel_establish", "connection"), 1);
    assert_eq!(queries("diesel_establish", "select"), 1);
    crate::assert_hidden("hunter2");
}
