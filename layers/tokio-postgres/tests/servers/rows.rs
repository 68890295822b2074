//! Rows of models, by what the server reports.

use super::{client, queries, uncounted, written};
use tallymark_tokio_postgres::InstrumentedStatement;
use tokio_postgres::{SimpleQueryMessage, types::Type};

models!(Counted "tp_counted" Returned "tp_returned" Texts "tp_texts" Prepared "tp_prepared");

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn rows_are_counted_as_they_are_reported() {
    let client = client("tp_counted").await;
    let run = async |sql: &str| {
        client.execute(sql, &[]).await.expect(sql);
        written("tp_counted")
    };
    assert_eq!(run("INSERT INTO tp_counted VALUES (1, 'a'), (2, 'a'), (3, 'a')").await, [3, 0, 0]);
    assert_eq!(run("UPDATE tp_counted SET note = 'b' WHERE id > 1").await, [3, 2, 0]);
    let nothing = "INSERT INTO public.tp_counted VALUES (3, 'c'), (4, 'c') ON CONFLICT DO NOTHING";
    assert_eq!(run(nothing).await, [4, 2, 0]);
    let upsert = "INSERT INTO tp_counted VALUES (1, 'd') ON CONFLICT (id) DO UPDATE SET note = 'd'";
    assert_eq!(run(upsert).await, [4, 2, 0], "the server does not say what it did");
    assert_eq!(uncounted("tp_counted", "mixed"), 1);
    // By `query`, which has no rows to return.
    client.query("DELETE FROM tp_counted WHERE id > 2", &[]).await.expect("two rows");
    assert_eq!(written("tp_counted"), [4, 2, 2]);
    let typed = "INSERT INTO tp_counted VALUES ($1, $2)";
    client.execute_typed(typed, &[(&9, Type::INT4), (&"e", Type::TEXT)]).await.expect("a row");
    assert_eq!(written("tp_counted"), [5, 2, 2]);
    client.query("SELECT * FROM tp_counted", &[]).await.expect("rows");
    assert_eq!((written("tp_counted"), queries("tp_counted", "select")), ([5, 2, 2], 1));
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn rows_that_come_back_are_counted() {
    let client = client("tp_returned").await;
    let insert =
        "INSERT INTO tp_returned SELECT i, 'a' FROM generate_series($1::int, $2::int) AS i RETURNING id";
    assert_eq!(client.query(insert, &[&1, &3]).await.expect("three rows").len(), 3);
    assert_eq!(written("tp_returned"), [3, 0, 0]);
    assert_eq!(client.query_one(insert, &[&4, &4]).await.expect("a row").get::<_, i32>(0), 4);
    assert!(client.query_opt(insert, &[&5, &4]).await.expect("none is fine").is_none());
    assert_eq!(written("tp_returned"), [4, 0, 0]);
    let typed = [(&5 as &(dyn tokio_postgres::types::ToSql + Sync), Type::INT4), (&5, Type::INT4)];
    client.query_typed_one(insert, &typed).await.expect("a row");
    assert_eq!(
        client
            .query_typed(&insert.replace("INSERT", "insert"), &[(&6, Type::INT4), (&7, Type::INT4)])
            .await
            .expect("two rows")
            .len(),
        2
    );
    assert_eq!(written("tp_returned"), [7, 0, 0]);
    client.query_one(insert, &[&8, &9]).await.expect_err("two rows");
    assert_eq!((written("tp_returned"), uncounted("tp_returned", "unreported")), ([7, 0, 0], 1));
    let row = client.query_one("SELECT count(*) FROM tp_returned", &[]).await.expect("a row");
    assert_eq!(row.get::<_, i64>(0), 9, "they were written all the same");
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn each_statement_of_a_text_is_counted() {
    let client = client("tp_texts").await;
    let text = "INSERT INTO tp_texts VALUES (1, 'a'), (2, 'a'); UPDATE tp_texts SET note = 'b'; SELECT 1; \
                DELETE FROM tp_texts WHERE id = 1";
    client.batch_execute(text).await.expect("all of it");
    assert_eq!(written("tp_texts"), [2, 2, 1]);
    let messages = client.simple_query("DELETE FROM tp_texts; SELECT 1").await.expect("all of it");
    let completed =
        messages.iter().filter(|message| matches!(message, SimpleQueryMessage::CommandComplete(_)));
    assert_eq!((completed.count(), written("tp_texts")), (2, [2, 2, 2]));
    let half = "INSERT INTO tp_texts VALUES (3, 'a'); INSERT INTO tp_texts VALUES (3, 'a')";
    client.batch_execute(half).await.expect_err("it is there");
    assert_eq!(written("tp_texts"), [2, 2, 2], "it was rolled back as a whole");
    client.batch_execute("INSERT INTO tp_texts VALUES (4, 'a')").await.expect("a row");
    assert_eq!(written("tp_texts"), [3, 2, 2]);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn each_execution_of_a_prepared_statement_is_counted() {
    let db = "tp_prepared";
    let client = client(db).await;
    let insert = client.prepare("INSERT INTO tp_prepared VALUES ($1, 'a')").await.expect("it is right");
    assert_eq!(queries(db, "insert"), 0, "it was not executed");
    for id in 1..=3 {
        assert_eq!(client.execute(&insert, &[&id]).await.expect("a row"), 1);
    }
    assert_eq!((queries(db, "insert"), written(db)), (3, [3, 0, 0]));
    // Prepared elsewhere.
    let sql = "DELETE FROM tp_prepared WHERE id = $1".to_owned();
    let delete = client.unobserved().prepare_typed(&sql, &[Type::INT4]).await.expect("it is right");
    let delete = InstrumentedStatement::new(delete, sql.clone());
    client.execute_raw(&delete, [1]).await.expect("a row");
    client.execute(&sql, &[&2]).await.expect("a row");
    assert_eq!((queries(db, "delete"), written(db)), (2, [3, 0, 2]));
}
