//! Functions under `#[model_op]` whose rows an observed connection counts too: builds with debug assertions notice.

#![cfg(debug_assertions)]

use crate::{Pool, reader::counter, with_table};
use std::future::pending;
use tallymark::{ModelMetrics, model_op};

#[derive(ModelMetrics)]
#[model(name = "twice_awaited", table = "twice_awaited")]
struct Awaited;

#[derive(ModelMetrics)]
#[model(name = "twice_elsewhere", table = "twice_elsewhere")]
struct Elsewhere;

#[derive(ModelMetrics)]
#[model(name = "twice_blocking", table = "twice_blocking")]
struct Blocking;

fn twice(model: &str) -> u64 {
    counter("tallymark_model_ops_counted_twice_total", &[("model", model)])
}

fn inserted(model: &str) -> u64 {
    counter("model_inserts_total", &[("model", model)])
}

#[model_op(Awaited, insert)]
async fn insert(pool: &Pool) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    tokio::task::yield_now().await;
    sqlx::query("INSERT INTO twice_awaited (note) VALUES ('a')").execute(&mut *transaction).await?;
    tokio::task::yield_now().await;
    transaction.commit().await
}

#[model_op(Awaited, update)]
async fn update(pool: &Pool) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO twice_awaited (note) VALUES ('b')").execute(pool).await.map(drop)
}

#[tokio::test]
async fn rows_that_the_function_itself_writes_are_noticed() {
    let pool = with_table("twice_awaited", "twice_awaited").await;
    insert(&pool).await.expect("a row");
    assert_eq!((inserted("twice_awaited"), twice("twice_awaited")), (2, 1));
    update(&pool).await.expect("a row");
    assert_eq!(twice("twice_awaited"), 1, "what it writes is not what it counts");
    sqlx::query("DROP TABLE twice_awaited").execute(&pool).await.expect("it is there");
    insert(&pool).await.expect_err("there is no table");
    assert_eq!(twice("twice_awaited"), 1, "what fails counts nothing");
}

/// Writes to a store that nobody observes.
#[model_op(Elsewhere, insert)]
async fn insert_elsewhere(store: impl Future<Output = ()>) {
    store.await;
}

#[tokio::test]
async fn rows_that_others_write_meanwhile_are_not_taken_for_the_function_s() {
    let pool = with_table("twice_elsewhere", "twice_elsewhere").await;
    let sql = "INSERT INTO twice_elsewhere (note) VALUES ('a')";
    let write = async || {
        sqlx::query(sql).execute(&pool).await.expect("a row");
    };
    // Another function is in the middle of its work on this thread.
    let (begun, wait) = tokio::sync::oneshot::channel::<()>();
    let slow = insert_elsewhere(async {
        let _ended = wait.await;
    });
    let others = async {
        write().await;
        drop(begun);
    };
    tokio::join!(slow, others);
    assert_eq!((inserted("twice_elsewhere"), twice("twice_elsewhere")), (2, 0));
    // One that is given up leaves nothing behind.
    let mut given_up = Box::pin(insert_elsewhere(pending()));
    assert!(futures::poll!(&mut given_up).is_pending());
    write().await;
    drop(given_up);
    write().await;
    assert_eq!((inserted("twice_elsewhere"), twice("twice_elsewhere")), (4, 0));
}

#[model_op(Blocking, delete)]
fn delete_blocking(statement: impl FnOnce()) {
    statement();
}

#[test]
fn functions_that_block_are_noticed_too() {
    let database = crate::database("twice_blocking");
    let delete = || database.statement("DELETE FROM twice_blocking").finish(Some(3));
    delete();
    assert_eq!(twice("twice_blocking"), 0);
    delete_blocking(|| ());
    assert_eq!(twice("twice_blocking"), 0, "nobody else has seen rows");
    delete_blocking(delete);
    assert_eq!(twice("twice_blocking"), 1);
}
