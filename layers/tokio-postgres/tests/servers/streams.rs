//! Rows as streams, and what is copied.

use super::{client, errors, in_flight, queries, uncounted, written};
use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _, TryStreamExt as _};
use std::pin::pin;
use tallymark_tokio_postgres::InstrumentedCopyIn;

models!(Streamed "tp_streamed" Copied "tp_copied");

const NONE: [i32; 0] = [];

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_stream_is_measured_to_its_end() {
    let db = "tp_streamed";
    let client = client(db).await;
    let insert = "INSERT INTO tp_streamed SELECT i, 'a' FROM generate_series(1, 5) AS i RETURNING id";
    {
        let mut rows = pin!(client.query_raw(insert, NONE).await.expect("five rows"));
        assert!(rows.next().await.expect("a row").is_ok());
        assert_eq!((queries(db, "insert"), in_flight(db), written(db)), (1, Some(1.0), [0; 3]));
        assert_eq!(rows.by_ref().try_fold(1, async |count, _| Ok(count + 1)).await.expect("all of them"), 5);
        assert_eq!(rows.rows_affected(), Some(5));
    }
    assert_eq!((in_flight(db), written(db)), (Some(0.0), [5, 0, 0]));

    // A reader that has had enough: what the statement has written is not known.
    let delete = client.query_raw("DELETE FROM tp_streamed RETURNING id", NONE).await.expect("five rows");
    drop(pin!(delete).next().await);
    assert_eq!((written(db), uncounted(db, "interrupted"), errors(db, "cancelled")), ([5, 0, 0], 1, 0));
    let broken = client.query_raw("SELECT 1 / (3 - i) FROM generate_series(1, 5) AS i", NONE).await;
    assert!(broken.expect("it begins").try_collect::<Vec<_>>().await.is_err());
    assert_eq!((errors(db, "value"), in_flight(db)), (1, Some(0.0)));
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn rows_that_are_copied_are_counted_when_the_copy_is_finished() {
    let db = "tp_copied";
    let client = client(db).await;
    let copy = "COPY tp_copied FROM STDIN";
    {
        let sink: InstrumentedCopyIn<Bytes> = client.copy_in(copy).await.expect("it begins");
        let mut sink = pin!(sink);
        sink.send(Bytes::from_static(b"1\ta\n2\ta\n")).await.expect("two rows");
        assert_eq!((in_flight(db), written(db)), (Some(1.0), [0; 3]));
        assert_eq!(sink.finish().await.expect("two rows"), 2);
    }
    assert_eq!((in_flight(db), written(db)), (Some(0.0), [2, 0, 0]));
    {
        let sink: InstrumentedCopyIn<Bytes> = client.copy_in(copy).await.expect("it begins");
        let mut sink = pin!(sink);
        sink.send(Bytes::from_static(b"3\ta\n")).await.expect("a row");
        sink.close().await.expect("a row");
    }
    assert_eq!(written(db), [3, 0, 0]);
    {
        let sink: InstrumentedCopyIn<Bytes> = client.copy_in(copy).await.expect("it begins");
        let mut sink = pin!(sink);
        sink.send(Bytes::from_static(b"3\ta\n")).await.expect("a row");
        sink.finish().await.expect_err("it is there");
    }
    assert_eq!((written(db), errors(db, "unique")), ([3, 0, 0], 1));
    {
        let sink: InstrumentedCopyIn<Bytes> = client.copy_in(copy).await.expect("it begins");
        pin!(sink).send(Bytes::from_static(b"4\ta\n")).await.expect("a row");
    }
    assert_eq!((written(db), errors(db, "cancelled"), in_flight(db)), ([3, 0, 0], 1, Some(0.0)));

    let out = client.copy_out("COPY tp_copied TO STDOUT").await.expect("it begins");
    let pieces: Vec<Bytes> = out.try_collect().await.expect("all of it");
    assert_eq!(pieces.concat(), b"1\ta\n2\ta\n3\ta\n", "what was given up was not written");
    assert_eq!(in_flight(db), Some(0.0));
}
