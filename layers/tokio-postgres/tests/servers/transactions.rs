//! Transactions and savepoints.

use super::{client, config, database, errors, queries, uncounted, written};
use tallymark_tokio_postgres::InstrumentedClient;
use tokio_postgres::{IsolationLevel, NoTls};

models!(Ends "tp_ends" Saved "tp_saved" Aborted "tp_aborted" Deferred "tp_deferred" Borrowed "tp_borrowed");

async fn insert(client: &InstrumentedClient<'_>, table: &str, id: i32) {
    client.execute(&format!("INSERT INTO {table} VALUES ($1, 'a')"), &[&id]).await.expect("a row");
}

async fn count(client: &InstrumentedClient<'_>, table: &str) -> i64 {
    let row = client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await;
    row.expect("a row").get(0)
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn rows_count_when_they_are_committed() {
    let table = "tp_ends";
    let mut client = client(table).await;
    let transaction = client.transaction().await.expect("none is open");
    insert(&transaction, table, 1).await;
    assert_eq!(written(table), [0; 3]);
    transaction.commit().await.expect("one is open");
    assert_eq!(written(table), [1, 0, 0]);

    let builder = client.build_transaction().isolation_level(IsolationLevel::Serializable);
    let transaction = builder.read_only(false).deferrable(true).start().await.expect("none is open");
    insert(&transaction, table, 2).await;
    transaction.rollback().await.expect("one is open");
    let transaction = client.transaction().await.expect("none is open");
    insert(&transaction, table, 3).await;
    drop(transaction);
    assert_eq!((written(table), count(&client, table).await), ([1, 0, 0], 1));
    assert_eq!(queries(table, "transaction"), 5);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn savepoints_are_followed() {
    let table = "tp_saved";
    let mut client = client(table).await;
    let mut transaction = client.transaction().await.expect("none is open");
    insert(&transaction, table, 1).await;
    {
        let mut savepoint = transaction.transaction().await.expect("a savepoint");
        insert(&savepoint, table, 2).await;
        let within = savepoint.savepoint("named").await.expect("a savepoint");
        insert(&within, table, 3).await;
        drop(within);
        let within = savepoint.transaction().await.expect("a savepoint");
        insert(&within, table, 4).await;
        within.rollback().await.expect("it is there");
        let within = savepoint.transaction().await.expect("a savepoint");
        insert(&within, table, 5).await;
        within.commit().await.expect("it is there");
        savepoint.commit().await.expect("it is there");
    }
    assert_eq!(written(table), [0; 3]);
    transaction.commit().await.expect("one is open");
    assert_eq!((written(table), count(&client, table).await), ([3, 0, 0], 3));
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn an_error_ends_a_transaction_up_to_the_savepoint() {
    let table = "tp_aborted";
    let mut client = client(table).await;
    let transaction = client.transaction().await.expect("none is open");
    insert(&transaction, table, 1).await;
    transaction.execute("SELECT 1 / 0", &[]).await.expect_err("no number");
    transaction.commit().await.expect("the server does not complain");
    assert_eq!((written(table), count(&client, table).await), ([0; 3], 0));

    let mut transaction = client.transaction().await.expect("none is open");
    insert(&transaction, table, 2).await;
    let savepoint = transaction.transaction().await.expect("a savepoint");
    insert(&savepoint, table, 3).await;
    savepoint.execute("SELECT 1 / 0", &[]).await.expect_err("no number");
    drop(savepoint);
    insert(&transaction, table, 4).await;
    let savepoint = transaction.transaction().await.expect("a savepoint");
    savepoint.execute("SELECT 1 / 0", &[]).await.expect_err("no number");
    savepoint.commit().await.expect_err("it is aborted");
    transaction.commit().await.expect("the server does not complain");
    assert_eq!((written(table), count(&client, table).await), ([0; 3], 0), "all of it is gone");

    let mut transaction = client.transaction().await.expect("none is open");
    insert(&transaction, table, 5).await;
    let savepoint = transaction.transaction().await.expect("a savepoint");
    savepoint.execute("SELECT 1 / 0", &[]).await.expect_err("no number");
    savepoint.rollback().await.expect("it is there");
    transaction.commit().await.expect("one is open");
    assert_eq!((written(table), count(&client, table).await), ([1, 0, 0], 1));
    assert_eq!(errors(table, "value"), 4);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_commit_that_is_refused_counts_nothing() {
    let table = "tp_deferred";
    let mut client = client(table).await;
    let child = "DROP TABLE IF EXISTS tp_child; \
                 CREATE TABLE tp_child (id INT REFERENCES tp_deferred (id) DEFERRABLE INITIALLY DEFERRED)";
    client.batch_execute(child).await.expect("a new table");
    let transaction = client.transaction().await.expect("none is open");
    insert(&transaction, table, 1).await;
    transaction.execute("INSERT INTO tp_child VALUES (7)", &[]).await.expect("checked at the end");
    transaction.commit().await.expect_err("7 is not there");
    assert_eq!((written(table), count(&client, table).await), ([0; 3], 0));
    assert_eq!(errors(table, "foreign_key"), 1);
    insert(&client, table, 1).await;
    assert_eq!(written(table), [1, 0, 0]);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_client_that_is_borrowed_goes_on_elsewhere() {
    let table = "tp_borrowed";
    drop(client(table).await);
    let (mut raw, connection) = config().connect(NoTls).await.expect("a server");
    let task = tokio::spawn(connection);
    {
        let mut client = InstrumentedClient::borrowed(&mut raw, database(table));
        let transaction = client.transaction().await.expect("none is open");
        insert(&transaction, table, 1).await;
        transaction.commit().await.expect("one is open");
        client.batch_execute("BEGIN").await.expect("none is open");
        insert(&client, table, 2).await;
    }
    assert_eq!((written(table), uncounted(table, "transaction")), ([1, 0, 0], 1));
    drop(raw);
    task.await.expect("no panic").expect("it is closed");
}
