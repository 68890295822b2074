//! What goes wrong is counted once, leaves nothing behind, and panics nowhere.

use crate::reader::{durations, errors, gauge, queries, rows, uncounted};
use crate::{Pool, database, pool, with_table};
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use sqlx::Executor as _;
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Waker},
};
use tallymark::ModelMetrics;
use tallymark_sqlx::{Instrumented, RequestScope};

#[derive(ModelMetrics)]
#[model(table = "sf_cancelled")]
struct Cancelled;

fn in_flight(name: &str) -> Option<f64> {
    gauge("db_queries_in_flight", &[("db", name)])
}

/// Takes more steps than one.
const COUNT: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) \
                     SELECT max(i) FROM n";

/// Has the pool's only connection stop in every statement for as long as the gate is locked.
async fn stop_at(gate: &Arc<Mutex<()>>, pool: &Pool) {
    let gate = Arc::clone(gate);
    let mut connection = pool.inner().acquire().await.expect("it is idle");
    let mut handle = connection.lock_handle().await.expect("it is open");
    handle.set_progress_handler(1, move || {
        drop(gate.lock().unwrap_or_else(PoisonError::into_inner));
        true
    });
}

#[tokio::test]
async fn a_task_that_is_cancelled_in_a_statement() {
    let name = "sf_cancelled";
    let pool = with_table(name, name).await;
    let gate = Arc::new(Mutex::new(()));
    stop_at(&gate, &pool).await;
    let mut transaction = pool.begin().await.expect("none is open");
    sqlx::query("INSERT INTO sf_cancelled (note) VALUES ('a')")
        .execute(&mut *transaction)
        .await
        .expect("a row");
    {
        let _shut = gate.lock().unwrap_or_else(PoisonError::into_inner);
        let mut future = sqlx::query(COUNT).fetch_one(&mut *transaction).boxed();
        let mut context = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut future).poll(&mut context).is_pending());
        assert_eq!(in_flight(name), Some(1.0));
    }
    assert_eq!((errors(name, "cancelled"), durations(name, "select")), (1, 1));
    assert_eq!(in_flight(name), Some(0.0));
    drop(transaction);
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sf_cancelled").fetch_one(&pool).await.expect("a row");
    assert_eq!((count, rows("cancelled")), (0, [0, 0, 0]), "dropped without a commit");
}

/// sqlx rolls back when it has not begun a transaction in a transaction, and what that undoes depends on how far it came.
#[tokio::test]
async fn a_transaction_in_a_transaction_that_did_not_begin_leaves_the_rest_unknown() {
    #[derive(ModelMetrics)]
    #[model(table = "sf_begun")]
    struct Begun;

    let name = "sf_begun";
    let pool = with_table(name, name).await;
    let gate = Arc::new(Mutex::new(()));
    stop_at(&gate, &pool).await;
    let mut transaction = pool.begin().await.expect("none is open");
    sqlx::query("INSERT INTO sf_begun (note) VALUES ('a')").execute(&mut *transaction).await.expect("a row");
    {
        let _shut = gate.lock().unwrap_or_else(PoisonError::into_inner);
        let mut beginning = transaction.begin().boxed();
        assert!(beginning.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    sqlx::query("INSERT INTO sf_begun (note) VALUES ('b')").execute(&mut *transaction).await.expect("a row");
    transaction.commit().await.expect("it is open");
    assert_eq!((rows("begun"), uncounted(name, "transaction")), ([0, 0, 0], 2));
    assert_eq!((errors(name, "cancelled"), in_flight(name)), (1, Some(0.0)));
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_stream() {
    let name = "sf_stream";
    let pool = pool(name).await;
    // The second row overflows.
    let sql = "SELECT abs(value) FROM (SELECT 1 AS value UNION ALL SELECT -9223372036854775807 - 1)";
    let mut stream = sqlx::query(sql).fetch(&pool);
    assert!(stream.next().await.is_some_and(|row| row.is_ok()));
    assert!(stream.next().await.is_some_and(|row| row.is_err()));
    assert!(stream.next().await.is_none());
    assert!(stream.next().await.is_none(), "an ended stream stays ended");
    drop(stream);
    assert_eq!((queries(name, "select"), durations(name, "select")), (1, 1));
    assert_eq!((errors(name, "statement"), errors(name, "cancelled")), (1, 0));
    assert_eq!(in_flight(name), Some(0.0));
}

#[tokio::test]
async fn errors_are_those_of_the_driver() {
    let name = "sf_errors";
    let pool = pool(name).await;
    for sql in ["SELEC 1", "SELECT * FROM nowhere"] {
        let plain = sqlx::query(sql).execute(pool.inner()).await.expect_err("it is wrong");
        let observed = sqlx::query(sql).execute(&pool).await.expect_err("it is wrong");
        assert_eq!(plain.to_string(), observed.to_string());
    }
    assert_eq!(errors(name, "statement"), 2);
    let plain = pool.inner().fetch_one("SELECT 1 WHERE 0").await.expect_err("there is none");
    let observed = (&pool).fetch_one("SELECT 1 WHERE 0").await.expect_err("there is none");
    assert_eq!(plain.to_string(), observed.to_string());
}

#[tokio::test]
async fn commits_that_are_refused_count_nothing() {
    #[derive(ModelMetrics)]
    #[model(table = "sf_deferred")]
    struct Deferred;

    let name = "sf_deferred";
    let pool = pool(name).await;
    sqlx::raw_sql(
        "PRAGMA foreign_keys = ON; CREATE TABLE sf_deferred (id INTEGER PRIMARY KEY, \
         other INTEGER REFERENCES sf_deferred DEFERRABLE INITIALLY DEFERRED)",
    )
    .execute(&pool)
    .await
    .expect("a new table");
    let mut transaction = pool.begin().await.expect("none is open");
    sqlx::query("INSERT INTO sf_deferred VALUES (1, 2)").execute(&mut *transaction).await.expect("a row");
    assert!(transaction.commit().await.is_err());
    assert_eq!((errors(name, "foreign_key"), rows("deferred")), (1, [0, 0, 0]));
    sqlx::query("SELECT 1").execute(&pool).await.expect("the connection is as good as new");
}

#[tokio::test]
async fn many_tasks_leave_nothing_behind() {
    let name = "sf_many";
    let options = sqlx::sqlite::SqlitePoolOptions::new().max_connections(3);
    let file = "file:sf_many?mode=memory&cache=shared";
    let plain = options.connect(&format!("sqlite:{file}")).await.expect("memory is there");
    let pool = Instrumented::new(plain, database(name));
    let tasks: Vec<_> = (0..30)
        .map(|number| {
            let pool = pool.clone();
            let work = async move {
                if number % 3 == 0 {
                    let _ = sqlx::query("SELEC").execute(&pool).await;
                } else {
                    let rows: Vec<_> = sqlx::query("SELECT 1 UNION SELECT 2")
                        .fetch(&pool)
                        .try_collect()
                        .await
                        .expect("rows");
                    assert_eq!(rows.len(), 2);
                }
            };
            tokio::spawn(RequestScope::new().wrap(work))
        })
        .collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    assert_eq!((queries(name, "select"), queries(name, "other")), (20, 10));
    assert_eq!(errors(name, "statement"), 10);
    assert_eq!(in_flight(name), Some(0.0));
    let in_use = gauge("db_pool_connections", &[("db", name), ("state", "in_use")]);
    assert!(in_use.is_some());
}
