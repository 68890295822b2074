//! Rows that come one by one.

use crate::{connect, entity};
use crate::{errors, in_flight, queries, rows};
use futures::StreamExt as _;
use sea_orm::{ConnectionTrait as _, EntityTrait as _, Statement, StreamTrait, TransactionTrait as _};

#[tokio::test]
async fn a_stream_lasts_until_its_end() {
    entity!(sea_stream, "sea_stream");
    let connection = connect("sea_stream").await;
    connection.execute_unprepared("INSERT INTO sea_stream (label) VALUES ('a'), ('b')").await.expect("rows");
    {
        let mut stream = sea_stream::Entity::find().stream(&connection).await.expect("a stream");
        assert_eq!(in_flight("sea_stream"), 1);
        let mut labels = Vec::new();
        while let Some(model) = stream.next().await {
            labels.push(model.expect("a row").label);
        }
        assert_eq!(labels, ["a", "b"]);
        assert_eq!(in_flight("sea_stream"), 0);
    }
    assert_eq!(queries("sea_stream", "select"), 1);
    let transaction = connection.begin().await.expect("a transaction");
    let read = sea_stream::Entity::find().stream(&transaction).await.expect("a stream").count().await;
    assert_eq!(read, 2);
    assert_eq!(queries("sea_stream", "select"), 2);
    assert_eq!(rows("sea_stream"), (2, 0, 0));
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_cancelled_only_if_nothing_came() {
    entity!(sea_dropped, "sea_dropped");
    let connection = connect("sea_dropped").await;
    connection.execute_unprepared("INSERT INTO sea_dropped (label) VALUES ('a'), ('b')").await.expect("rows");
    drop(sea_dropped::Entity::find().stream(&connection).await.expect("a stream"));
    assert_eq!(errors("sea_dropped", "cancelled"), 1);
    {
        let mut stream = sea_dropped::Entity::find().stream(&connection).await.expect("a stream");
        assert!(stream.next().await.is_some());
    }
    assert_eq!(errors("sea_dropped", "cancelled"), 1);
    assert_eq!((queries("sea_dropped", "select"), in_flight("sea_dropped")), (2, 0));
}

#[tokio::test]
async fn an_error_in_the_middle_is_counted_once() {
    let connection = connect("sea_broken").await;
    let backend = StreamTrait::get_database_backend(&connection);
    // The second row is a number that does not fit.
    let sql = "SELECT abs(column1) FROM (VALUES (1), (-9223372036854775807 - 1), (3))";
    let mut stream = connection.stream_raw(Statement::from_string(backend, sql)).await.expect("a stream");
    assert!(stream.next().await.expect("a row").is_ok());
    assert!(stream.next().await.expect("an error").is_err());
    drop(stream);
    let all = ["statement", "other", "value", "cancelled"].map(|error| errors("sea_broken", error));
    assert_eq!(all.iter().sum::<u64>(), 1, "{all:?}");
    assert_eq!((queries("sea_broken", "select"), in_flight("sea_broken")), (1, 0));
}
