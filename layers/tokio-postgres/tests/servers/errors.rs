//! What fails, by kind, and what is no failure of the database.

use super::{assert_no_secret, client, config, connect, counter, database, errors, in_flight, queries};
use futures::FutureExt as _;
use std::task::{Context, Waker};
use tallymark_tokio_postgres::InstrumentedClient;
use tokio_postgres::NoTls;

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn errors_are_counted_by_kind() {
    let db = "tp_kinds";
    let client = client(db).await;
    client.execute("INSERT INTO tp_kinds VALUES (1, 'a')", &[]).await.expect("a row");
    for (error, sql) in [
        ("unique", "INSERT INTO tp_kinds VALUES (1, 'a')"),
        ("not_null", "INSERT INTO tp_kinds VALUES (2, NULL)"),
        ("statement", "SELEKT 1"),
        ("value", "SELECT 1 / 0"),
    ] {
        client.execute(sql, &[]).await.expect_err(sql);
        assert_eq!(errors(db, error), 1, "{sql}");
    }
    client.prepare("SELECT nothing FROM tp_kinds").await.expect_err("no such column");
    client.query("SELECT 1 FROM nowhere", &[]).await.expect_err("no such table");
    client.query_opt("SELECT 1 FROM nowhere", &[]).await.expect_err("no such table");
    client.batch_execute("SELECT 1; SELEKT 2").await.expect_err("the second");
    client.simple_query("SELEKT 1").await.expect_err("the first");
    assert_eq!(errors(db, "statement"), 6);
    // What tokio-postgres says itself, which it shows by words alone.
    client.execute("SELECT $1::int", &[&"text"]).await.expect_err("of another type");
    client.execute("SELECT $1::int", &[]).await.expect_err("no parameter");
    assert_eq!((errors(db, "value"), errors(db, "other"), in_flight(db)), (3, 0, Some(0.0)));
    assert_no_secret();
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn another_number_of_rows_is_no_error_of_the_database() {
    let db = "tp_expected";
    let client = client(db).await;
    client.query_one("SELECT 1 WHERE false", &[]).await.expect_err("no row");
    client.query_one("SELECT generate_series(1, 2)", &[]).await.expect_err("two rows");
    client.query_opt("SELECT generate_series(1, 2)", &[]).await.expect_err("two rows");
    client.query_typed_one("SELECT 1 WHERE false", &[]).await.expect_err("no row");
    assert!(client.query_opt("SELECT 1 WHERE false", &[]).await.expect("none is fine").is_none());
    let all = ["other", "statement", "value", "connection"].map(|error| errors(db, error));
    assert_eq!((all, queries(db, "select")), ([0; 4], 5));
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn connections_are_counted_and_lost_ones_are_told_apart() {
    let db = "tp_lost";
    let (client, task) = connect(database(db)).await;
    assert_eq!(counter("db_connections_opened_total", &[("db", db)]), 1);
    let row = client.query_one("SELECT pg_backend_pid()", &[]).await.expect("a row");
    let (admin, _) = connect(database("tp_admin")).await;
    admin.execute("SELECT pg_terminate_backend($1)", &[&row.get::<_, i32>(0)]).await.expect("a row");
    task.await.expect("it ends");
    assert!(client.is_closed());
    client.execute("SELECT 1", &[]).await.expect_err("it is closed");
    assert_eq!(errors(db, "connection"), 1);

    let mut wrong = config();
    wrong.password("secret of another");
    assert!(InstrumentedClient::connect(&wrong, NoTls, database(db)).await.is_err());
    assert_eq!((errors(db, "permission"), counter("db_connection_errors_total", &[("db", db)])), (1, 1));
    assert_no_secret();
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_future_that_is_dropped_was_cancelled() {
    let db = "tp_cancelled";
    let client = client(db).await;
    {
        let mut sleeping = client.query("SELECT pg_sleep(0.01)", &[]).boxed();
        assert!(sleeping.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(in_flight(db), Some(1.0));
    }
    assert_eq!((errors(db, "cancelled"), in_flight(db)), (1, Some(0.0)));
    client.execute("SELECT 1", &[]).await.expect("it goes on");
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn statements_run_at_the_same_time_on_one_client() {
    let db = "tp_pipelined";
    let client = client(db).await;
    let (one, other) = (client.query("SELECT 1", &[]), client.query_one("SELECT 2", &[]));
    let (one, other) = futures::join!(one, other);
    assert_eq!((one.expect("a row").len(), other.expect("a row").get::<_, i32>(0)), (1, 2));
    assert_eq!((queries(db, "select"), in_flight(db)), (2, Some(0.0)));
}
