//! Rows of models, written in all the ways there are. The comments name the calls of Django that django-prometheus misses
//! or counts twice.

use crate::{
    Pool, pool,
    reader::{rows, uncounted},
    with_table,
};
use futures::TryStreamExt as _;
use sqlx::QueryBuilder;
use tallymark::ModelMetrics;

macro_rules! models {
    ($($model:ident $table:literal;)*) => {$(
        #[derive(ModelMetrics)]
        #[model(table = $table)]
        struct $model;
    )*};
}

models! {
    Single "sx_single";
    Bulk "sx_bulk";
    Upsert "sx_upsert";
    Returning "sx_returning";
    Parent "sx_parent";
    Child "sx_child";
    Failing "sx_failing";
    Kept "sx_kept";
    Raw "sx_raw";
    Scripted "sx_scripted";
}

async fn run(pool: &Pool, sql: &'static str) -> u64 {
    sqlx::query(sql).execute(pool).await.expect("it is right").rows_affected()
}

#[tokio::test]
async fn single_rows() {
    let pool = with_table("sx_single", "sx_single").await;
    // `save()` of a new row, with a key of its own or not: Django tries an update first, and counts both.
    run(&pool, "INSERT INTO sx_single (note) VALUES ('a')").await;
    run(&pool, "INSERT INTO sx_single VALUES (7, 'b')").await;
    run(&pool, "UPDATE sx_single SET note = 'c' WHERE id = 99").await;
    assert_eq!(rows("single"), [2, 0, 0]);
    run(&pool, "UPDATE sx_single SET note = 'c' WHERE id = 7").await;
    run(&pool, "DELETE FROM sx_single WHERE id = 7").await;
    assert_eq!(rows("single"), [2, 1, 1]);
}

#[tokio::test]
async fn many_rows_at_once() {
    let pool = with_table("sx_bulk", "sx_bulk").await;
    // `bulk_create`, `QuerySet.update`, `bulk_update`, `QuerySet.delete`: nothing is counted there.
    let mut builder = QueryBuilder::new("INSERT INTO sx_bulk (note) ");
    builder.push_values(["a", "b", "c", "d"], |mut row, note| {
        row.push_bind(note);
    });
    builder.build().execute(&pool).await.expect("four rows");
    run(&pool, "INSERT INTO sx_bulk (note) SELECT note FROM sx_bulk").await;
    run(&pool, "UPDATE sx_bulk SET note = 'e' WHERE id > 2").await;
    run(&pool, "WITH old AS (SELECT id FROM sx_bulk WHERE id < 4) DELETE FROM sx_bulk WHERE id IN old").await;
    assert_eq!(rows("bulk"), [8, 6, 3]);
}

#[tokio::test]
async fn upserts() {
    let pool = with_table("sx_upsert", "sx_upsert").await;
    // `get_or_create`: one insert, and none if it is there.
    let get_or_create = "INSERT INTO sx_upsert VALUES (1, 'a') ON CONFLICT DO NOTHING";
    assert_eq!((run(&pool, get_or_create).await, run(&pool, get_or_create).await), (1, 0));
    assert_eq!(rows("upsert"), [1, 0, 0]);
    // `update_or_create` in one statement: SQLite reports one number, and not whether the row was there.
    run(&pool, "INSERT INTO sx_upsert VALUES (1, 'b') ON CONFLICT DO UPDATE SET note = excluded.note").await;
    assert_eq!((rows("upsert"), uncounted("sx_upsert", "mixed")), ([1, 0, 0], 1));
    // What goes for it is reported by nobody.
    run(&pool, "INSERT OR REPLACE INTO sx_upsert VALUES (1, 'c')").await;
    assert_eq!((rows("upsert"), uncounted("sx_upsert", "replaced")), ([2, 0, 0], 1));
}

#[tokio::test]
async fn rows_that_come_back() {
    let pool = with_table("sx_returning", "sx_returning").await;
    let insert = "INSERT INTO sx_returning (note) VALUES ('a'), ('b') RETURNING id";
    let ids: Vec<i64> = sqlx::query_scalar(insert).fetch_all(&pool).await.expect("two rows");
    assert_eq!((ids, rows("returning")), (vec![1, 2], [2, 0, 0]));
    // Two rows are written though one is asked for.
    let id: i64 = sqlx::query_scalar(insert).fetch_one(&pool).await.expect("two rows");
    assert_eq!((id, rows("returning")), (3, [4, 0, 0]));
    let id: Option<i64> = sqlx::query_scalar(insert).fetch_optional(&pool).await.expect("two rows");
    assert_eq!((id, rows("returning")), (Some(5), [6, 0, 0]));
    let update = "UPDATE sx_returning SET note = 'c' WHERE id > 4 RETURNING *";
    let changed: Vec<_> = sqlx::query(update).fetch(&pool).try_collect().await.expect("two rows");
    assert_eq!((changed.len(), rows("returning")), (2, [6, 2, 0]));
    let none = sqlx::query("DELETE FROM sx_returning WHERE id = 99 RETURNING id").fetch_one(&pool).await;
    assert!(matches!(none, Err(sqlx::Error::RowNotFound)));
    assert_eq!(rows("returning"), [6, 2, 0]);
    assert_eq!(crate::reader::errors("sx_returning", "other"), 0, "no row is no error");
}

#[tokio::test]
async fn tables_that_hang_together() {
    let pool = pool("sx_related").await;
    sqlx::raw_sql(
        "PRAGMA foreign_keys = ON; CREATE TABLE sx_parent (id INTEGER PRIMARY KEY); \
         CREATE TABLE sx_child (id INTEGER PRIMARY KEY REFERENCES sx_parent ON DELETE CASCADE)",
    )
    .execute(&pool)
    .await
    .expect("new tables");
    // Multi-table inheritance counts two for each there.
    run(&pool, "INSERT INTO sx_parent VALUES (1)").await;
    run(&pool, "INSERT INTO sx_child VALUES (1)").await;
    assert_eq!((rows("parent"), rows("child")), ([1, 0, 0], [1, 0, 0]));
    // What the database does by itself is not told.
    run(&pool, "DELETE FROM sx_parent").await;
    assert_eq!((rows("parent"), rows("child")), ([1, 0, 1], [1, 0, 0]));
}

#[tokio::test]
async fn what_fails_counts_nothing() {
    let pool = with_table("sx_failing", "sx_failing").await;
    // An insert that fails is counted there.
    let insert = "INSERT INTO sx_failing VALUES (1, 'a')";
    run(&pool, insert).await;
    assert!(sqlx::query(insert).execute(&pool).await.is_err());
    assert!(sqlx::query("INSERT INTO sx_failing VALUES (2, NULL)").fetch_optional(&pool).await.is_err());
    assert_eq!(rows("failing"), [1, 0, 0]);
    assert_eq!(["unique", "not_null"].map(|kind| crate::reader::errors("sx_failing", kind)), [1, 1]);
}

#[tokio::test]
async fn transactions_and_savepoints() {
    let pool = with_table("sx_kept", "sx_kept").await;
    let insert = "INSERT INTO sx_kept (note) VALUES ('a')";
    let mut outer = pool.begin().await.expect("none is open");
    sqlx::query(insert).execute(&mut *outer).await.expect("a row");
    {
        let mut inner = outer.begin().await.expect("a savepoint");
        sqlx::query(insert).execute(&mut *inner).await.expect("a row");
        inner.commit().await.expect("it is released");
    }
    {
        let mut inner = outer.begin().await.expect("a savepoint");
        sqlx::query(insert).execute(&mut *inner).await.expect("a row");
        inner.rollback().await.expect("it is undone");
    }
    {
        let mut inner = outer.begin().await.expect("a savepoint");
        sqlx::query(insert).execute(&mut *inner).await.expect("a row");
    }
    assert_eq!(rows("kept"), [0, 0, 0]);
    outer.commit().await.expect("nothing is in the way");
    assert_eq!(rows("kept"), [2, 0, 0]);
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sx_kept").fetch_one(&pool).await.expect("a row");
    assert_eq!(count, 2, "what is counted is what is there");

    let mut undone = pool.begin().await.expect("none is open");
    sqlx::query("DELETE FROM sx_kept").execute(&mut *undone).await.expect("two rows");
    undone.rollback().await.expect("it is undone");
    assert_eq!(rows("kept"), [2, 0, 0]);
}

#[tokio::test]
async fn transactions_by_text() {
    let pool = with_table("sx_raw", "sx_raw").await;
    let mut connection = pool.acquire().await.expect("it is idle");
    for sql in [
        "BEGIN",
        "INSERT INTO sx_raw (note) VALUES ('a')",
        "SAVEPOINT one",
        "INSERT INTO sx_raw (note) VALUES ('b')",
        "ROLLBACK TO one",
    ] {
        sqlx::raw_sql(sql).execute(&mut *connection).await.expect("it is right");
    }
    assert_eq!(rows("raw"), [0, 0, 0]);
    sqlx::raw_sql("COMMIT").execute(&mut *connection).await.expect("it is right");
    assert_eq!(rows("raw"), [1, 0, 0]);
}

#[tokio::test]
async fn texts_of_several_statements() {
    let pool = with_table("sx_scripted", "sx_scripted").await;
    let done = sqlx::raw_sql(
        "INSERT INTO sx_scripted (note) VALUES ('a'), (';'); BEGIN; DELETE FROM sx_scripted; ROLLBACK; \
         UPDATE sx_scripted SET note = 'b'; -- ;\n",
    )
    .execute(&pool)
    .await
    .expect("it is right");
    assert!(done.rows_affected() >= 4);
    assert_eq!(rows("scripted"), [2, 2, 0]);
}
