//! PostgreSQL.

use crate::{assert_no_secret, counter, database, in_flight, rows, url};
use futures::{FutureExt as _, TryStreamExt as _};
use sqlx::{PgPool, postgres::PgPoolOptions};
use std::{
    future::Future as _,
    net::TcpListener,
    pin::Pin,
    task::{Context, Waker},
    time::Duration,
};
use tallymark::ModelMetrics;
use tallymark_sqlx::{CountConnections as _, Instrumented, Vendor};

#[derive(ModelMetrics)]
#[model(table = "pg_things")]
struct PgThing;

fn errors(db: &str, error: &str) -> u64 {
    counter("db_errors_total", &[("db", db), ("vendor", "postgresql"), ("error", error)])
}

async fn pool(name: &str, table: &str) -> Instrumented<PgPool> {
    let database = database(name, Vendor::Postgresql);
    let options = PgPoolOptions::new().max_connections(2).count_connections(database);
    let pool = options.connect(&url("TALLYMARK_TEST_POSTGRES")).await.expect("a server");
    let pool = Instrumented::new(pool, database);
    let sql = format!("DROP TABLE IF EXISTS {table}; CREATE TABLE {table} (id INT PRIMARY KEY, note TEXT)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.expect("a new table");
    pool
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn rows_are_those_that_the_server_tells() {
    let pool = pool("pg_rows", "pg_things").await;
    let insert = "INSERT INTO pg_things SELECT i, 'a' FROM generate_series(1, 5) AS i RETURNING id";
    let first: i32 = sqlx::query_scalar(insert).fetch_one(&pool).await.expect("five rows");
    assert_eq!((first, rows("pg_thing")), (1, [5, 0, 0]));
    let changed: Vec<_> = sqlx::query("UPDATE public.pg_things SET note = $1 WHERE id > 2 RETURNING *")
        .bind("b")
        .fetch(&pool)
        .try_collect()
        .await
        .expect("three rows");
    assert_eq!((changed.len(), rows("pg_thing")), (3, [5, 3, 0]));
    let upsert = "INSERT INTO pg_things VALUES (1, 'c') ON CONFLICT (id) DO UPDATE SET note = excluded.note";
    sqlx::query(upsert).execute(&pool).await.expect("one row");
    assert_eq!(rows("pg_thing"), [5, 3, 0], "the server does not say what it did");
    let merge = "MERGE INTO pg_things t USING (VALUES (1)) AS s (id) ON t.id = s.id WHEN MATCHED THEN DELETE";
    sqlx::query(merge).execute(&pool).await.expect("one row");
    assert_eq!(rows("pg_thing"), [5, 3, 1]);

    // An error ends a transaction, and its COMMIT is answered without one.
    let mut transaction = pool.begin().await.expect("none is open");
    sqlx::query("DELETE FROM pg_things").execute(&mut *transaction).await.expect("four rows");
    assert!(sqlx::query("INSERT INTO nowhere VALUES (1)").execute(&mut *transaction).await.is_err());
    transaction.commit().await.expect("the server does not complain");
    assert_eq!(rows("pg_thing"), [5, 3, 1]);
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_things").fetch_one(&pool).await.expect("a row");
    assert_eq!(left, 4);
    assert_eq!(errors("pg_rows", "statement"), 1);

    // A text of several statements is rolled back as a whole.
    let text = "INSERT INTO pg_things VALUES (100, 'd'); INSERT INTO pg_things VALUES (100, 'd')";
    assert!(sqlx::raw_sql(text).execute(&pool).await.is_err());
    assert_eq!((rows("pg_thing"), errors("pg_rows", "unique")), ([5, 3, 1], 1));
    assert_no_secret();
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn cancelled_tasks_and_broken_streams_are_counted_once() {
    let name = "pg_faults";
    let pool = pool(name, "pg_faults").await;
    {
        let mut future = sqlx::query("SELECT pg_sleep(60)").execute(&pool).boxed();
        let mut context = Context::from_waker(Waker::noop());
        while in_flight(name) != Some(1.0) {
            assert!(Pin::new(&mut future).poll(&mut context).is_pending());
            tokio::task::yield_now().await;
        }
    }
    assert_eq!((errors(name, "cancelled"), in_flight(name)), (1, Some(0.0)));
    let broken = sqlx::query("SELECT 1 / (3 - i) FROM generate_series(1, 5) AS i").fetch(&pool);
    assert!(broken.try_collect::<Vec<_>>().await.is_err());
    assert_eq!((errors(name, "value"), in_flight(name)), (1, Some(0.0)));
}

#[derive(ModelMetrics)]
#[model(table = "pg_unread")]
struct PgUnread;

/// The error of a cancelled statement is reported by what comes next on the connection, as if it were its own.
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_transaction_that_begins_after_a_cancelled_statement_is_not_left_open() {
    let pool = pool("pg_unread", "pg_unread").await;
    let mut connection = pool.acquire().await.expect("it is idle");
    // The statement waits for a lock, so that it cannot end before it is cancelled.
    let mut holder = pool.begin().await.expect("a second connection");
    sqlx::query("SELECT pg_advisory_xact_lock(7345)").execute(&mut *holder).await.expect("nobody has it");
    {
        let twice =
            "INSERT INTO pg_unread SELECT 1, pg_advisory_xact_lock(7345)::text FROM generate_series(1, 2)";
        let mut future = sqlx::raw_sql(twice).execute(&mut *connection).boxed();
        assert!(future.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    holder.rollback().await.expect("it is open");
    let refused = connection.begin().await.expect_err("the error of the cancelled statement");
    assert!(refused.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation));
    assert_eq!(errors("pg_unread", "unique"), 1);
    for (sql, is_executed) in [
        ("INSERT INTO pg_unread VALUES (2, 'b')", true),
        ("BEGIN", true),
        ("ROLLBACK TO SAVEPOINT s", false),
        ("COMMIT", true),
    ] {
        assert_eq!(sqlx::query(sql).execute(&mut *connection).await.is_ok(), is_executed, "{sql}");
    }
    let transaction = connection.begin().await.expect("none is open");
    transaction.commit().await.expect("nothing is in it");
    drop(connection);
    let kept: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_unread").fetch_one(&pool).await.expect("a row");
    assert_eq!((rows("pg_unread"), kept), ([1, 0, 0], 1));
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn refused_connections_and_an_exhausted_pool_are_told_apart() {
    let name = "pg_refused";
    let database = database(name, Vendor::Postgresql);
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let options = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_millis(300));
    let lazy = options.clone().connect_lazy(&format!("postgres://u:secret@{free}/d")).expect("a good URL");
    let pool = Instrumented::new(lazy, database);
    assert!(sqlx::query("SELECT 1").execute(&pool).await.is_err());
    assert_eq!(counter("db_connection_errors_total", &[("db", name)]), 1);
    assert_eq!((errors(name, "connection"), errors(name, "pool_timeout")), (1, 0));

    // Long enough to log in on a machine that is busy.
    let options = options.acquire_timeout(Duration::from_secs(5));
    let pool = options.connect(&url("TALLYMARK_TEST_POSTGRES")).await.expect("a server");
    let pool = Instrumented::new(pool, database);
    let held = pool.acquire().await.expect("it is idle");
    assert!(pool.acquire().await.is_err());
    drop(held);
    assert_eq!((errors(name, "connection"), errors(name, "pool_timeout")), (1, 1));
    assert_no_secret();
}
