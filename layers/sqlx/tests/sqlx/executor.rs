//! Whatever a pool can do, the pool under observation can, with the same results.

use crate::reader::{durations, errors, gauge, queries};
use crate::with_table;
use futures::TryStreamExt as _;
use sqlx::{Either, Executor as _, FromRow, QueryBuilder, Row as _, SqlSafeStr as _, Statement as _};

#[derive(Debug, FromRow, PartialEq)]
struct Note {
    id: i64,
    note: String,
}

#[tokio::test]
async fn every_way_to_execute_is_counted_once() {
    let name = "executor";
    let pool = with_table(name, "notes").await;
    let insert = "INSERT INTO notes (note) VALUES (?), (?)";
    let done = sqlx::query(insert).bind("a").bind("b").execute(&pool).await.expect("two rows");
    assert_eq!((done.rows_affected(), queries(name, "insert")), (2, 1));

    let select = "SELECT id, note FROM notes ORDER BY id";
    let all: Vec<Note> = sqlx::query_as(select).fetch_all(&pool).await.expect("two rows");
    assert_eq!(all[1], Note { id: 2, note: "b".to_owned() });
    let one: Note = sqlx::query_as(select).fetch_one(&pool).await.expect("two rows");
    assert_eq!(one, all[0]);
    let optional = sqlx::query(select).fetch_optional(&pool).await.expect("two rows");
    assert_eq!(optional.expect("a row").get::<i64, _>("id"), 1);
    let streamed: Vec<Note> = sqlx::query_as(select).fetch(&pool).try_collect().await.expect("two rows");
    assert_eq!(streamed, all);
    let scalar: i64 = sqlx::query_scalar("SELECT count(*) FROM notes").fetch_one(&pool).await.expect("a row");
    assert_eq!(scalar, 2);
    assert_eq!((queries(name, "select"), durations(name, "select")), (5, 5));

    let both = sqlx::raw_sql("SELECT 1; SELECT 2").fetch_many(&pool);
    let items: Vec<_> = both.try_collect().await.expect("two results");
    assert_eq!(items.iter().filter(|item| matches!(item, Either::Right(_))).count(), 2);
    assert_eq!(queries(name, "select"), 6);

    let statement = (&pool).prepare(select.into_sql_str()).await.expect("it is prepared");
    assert_eq!(statement.columns().len(), 2);
    assert_eq!(queries(name, "select"), 6, "what is prepared is not executed");
    let all = statement.query().fetch_all(&pool).await.expect("two rows");
    assert_eq!((all.len(), queries(name, "select")), (2, 7));
    assert!((&pool).describe(select.into_sql_str()).await.is_ok());

    let mut builder = QueryBuilder::new("DELETE FROM notes WHERE id IN (");
    builder.separated(", ").push_bind(1).push_bind(2);
    let done = builder.push(")").build().execute(&pool).await.expect("two rows");
    assert_eq!((done.rows_affected(), queries(name, "delete")), (2, 1));
    assert_eq!(errors(name, "other"), 0);
    assert_eq!(gauge("db_queries_in_flight", &[("db", name)]), Some(0.0));
}

#[tokio::test]
async fn connections_and_transactions_are_executors() {
    let name = "connections";
    let pool = with_table(name, "notes").await;
    let mut connection = pool.acquire().await.expect("it is idle");
    let insert = "INSERT INTO notes (note) VALUES ('a')";
    sqlx::query(insert).execute(&mut *connection).await.expect("a row");
    {
        let mut transaction = connection.begin().await.expect("none is open");
        sqlx::query(insert).execute(&mut *transaction).await.expect("a row");
        let rows = sqlx::query("SELECT * FROM notes").fetch_all(&mut *transaction).await.expect("two rows");
        assert_eq!(rows.len(), 2);
    }
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM notes").fetch_one(&mut *connection).await.expect("a row");
    assert_eq!(count, 1, "dropped, the transaction was rolled back");
    drop(connection);
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.expect("nobody writes");
    sqlx::query(insert).execute(&mut *transaction).await.expect("a row");
    transaction.commit().await.expect("nothing is in the way");
    let transaction = pool.begin().await.expect("nobody writes");
    transaction.rollback().await.expect("nothing is in the way");
    assert_eq!((queries(name, "insert"), queries(name, "select")), (3, 2));
    assert_eq!(queries(name, "transaction"), 5, "three begin, one commits, one rolls back");
}

#[tokio::test]
async fn a_reader_that_has_enough_is_no_error() {
    let name = "enough";
    let pool = with_table(name, "notes").await;
    sqlx::query("INSERT INTO notes (note) VALUES ('a'), ('b')").execute(&pool).await.expect("two rows");
    {
        let mut stream = sqlx::query("SELECT * FROM notes").fetch(&pool);
        assert!(stream.try_next().await.expect("a row").is_some());
    }
    assert_eq!((durations(name, "select"), errors(name, "cancelled")), (1, 0));
    drop(sqlx::query("SELECT * FROM notes").fetch(&pool));
    assert_eq!(queries(name, "select"), 1, "what nobody polls is not executed");
}
