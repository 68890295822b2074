//! diesel-async, over Diesel's SQLite connection on threads of its own.

use crate::model;
use crate::{database, in_flight, queries, rows};
use diesel::{ExpressionMethods as _, SqliteConnection, result::Error, sql_query};
use diesel_async::{AsyncConnection as _, RunQueryDsl as _, sync_connection_wrapper::SyncConnectionWrapper};
use tallymark_diesel::{AsyncCountedDsl as _, observe_async};

type Connection = SyncConnectionWrapper<SqliteConnection>;

async fn connect(db: &'static str) -> Connection {
    let mut connection = Connection::establish(":memory:").await.expect("a database in memory");
    let create = format!("CREATE TABLE {db} (id INTEGER PRIMARY KEY, label TEXT NOT NULL)");
    sql_query(create).execute(&mut connection).await.expect("a table");
    observe_async(&mut connection, database(db));
    connection
}

#[tokio::test]
async fn rows_count_as_they_do_for_blocking_connections() {
    model!(DieselAsync, diesel_async_rows);
    use diesel_async_rows::{
        DieselAsync,
        dsl::{diesel_async_rows as table, label},
    };
    let connection = &mut connect("diesel_async_rows").await;
    diesel::insert_into(table).values(label.eq("a")).execute_counted(connection).await.expect("a row");
    let updated: Vec<DieselAsync> =
        diesel::update(table).set(label.eq("b")).load_counted(connection).await.expect("rows");
    assert_eq!(updated.len(), 1);
    let deleted: DieselAsync = diesel::delete(table).get_result_counted(connection).await.expect("a row");
    assert_eq!(deleted.label, "b");
    assert_eq!(rows("diesel_async"), (1, 1, 1));
    assert_eq!(queries("diesel_async_rows", "insert"), 1);
    assert_eq!(in_flight("diesel_async_rows"), 0);
}

#[tokio::test]
async fn rows_count_at_commit_and_not_after_a_rollback() {
    model!(DieselAsyncCommit, diesel_async_commit);
    use diesel_async_commit::dsl::{diesel_async_commit as table, label};
    let connection = &mut connect("diesel_async_commit").await;
    let committed = connection.transaction(async |connection| {
        diesel::insert_into(table).values(label.eq("a")).execute_counted(connection).await?;
        assert_eq!(rows("diesel_async_commit"), (0, 0, 0));
        Ok::<_, Error>(())
    });
    committed.await.expect("a commit");
    let rolled_back = connection.transaction(async |connection| {
        diesel::insert_into(table).values(label.eq("b")).execute_counted(connection).await?;
        Err::<(), _>(Error::RollbackTransaction)
    });
    rolled_back.await.expect_err("a rollback");
    assert_eq!(rows("diesel_async_commit"), (1, 0, 0));
}
