//! What goes wrong.

use crate::{connect, entity};
use crate::{errors, in_flight, queries, rows};
use sea_orm::{ActiveValue::Set, ConnectionTrait as _, EntityTrait as _, TransactionTrait as _};
use std::{
    pin::pin,
    task::{Context, Waker},
};

#[tokio::test]
async fn constraints_and_mistakes() {
    entity!(sea_faults, "sea_faults");
    let connection = connect("sea_faults").await;
    let insert = |label: &str| {
        sea_faults::Entity::insert(sea_faults::ActiveModel {
            label: Set(label.to_owned()),
            ..Default::default()
        })
    };
    insert("a").exec(&connection).await.expect("a row");
    insert("a").exec(&connection).await.expect_err("there is an `a`");
    connection
        .execute_unprepared("INSERT INTO sea_faults (label) VALUES (NULL)")
        .await
        .expect_err("it is null");
    connection.execute_unprepared("SELEKT 1").await.expect_err("no such word");
    assert_eq!((errors("sea_faults", "unique"), errors("sea_faults", "not_null")), (1, 1));
    assert_eq!(errors("sea_faults", "statement"), 1);
    assert_eq!(rows("sea_faults"), (1, 0, 0));
    assert_eq!(in_flight("sea_faults"), 0);
}

#[tokio::test]
async fn an_exhausted_pool_is_an_error_of_the_statement() {
    let connection = connect("sea_exhausted").await;
    let transaction = connection.begin().await.expect("the only connection");
    // Where everybody waits, time jumps to the end of the waiting. SQLite, on a thread of its own, has no part in that.
    tokio::time::pause();
    connection.execute_unprepared("DELETE FROM sea_exhausted").await.expect_err("there is no connection");
    connection.begin().await.map(drop).expect_err("there is no connection");
    tokio::time::resume();
    assert_eq!(errors("sea_exhausted", "pool_timeout"), 2);
    transaction.commit().await.expect("a commit");
    connection.execute_unprepared("DELETE FROM sea_exhausted").await.expect("there is one again");
    assert_eq!((queries("sea_exhausted", "delete"), in_flight("sea_exhausted")), (2, 0));
}

#[tokio::test]
async fn a_cancelled_statement_is_counted_once_and_writes_nothing() {
    entity!(sea_cancelled, "sea_cancelled");
    let connection = connect("sea_cancelled").await;
    let insert = |label: &str| {
        sea_cancelled::Entity::insert(sea_cancelled::ActiveModel {
            label: Set(label.to_owned()),
            ..Default::default()
        })
    };
    let transaction = connection.begin().await.expect("the only connection");
    {
        let mut running = pin!(insert("a").exec(&connection));
        assert!(running.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(in_flight("sea_cancelled"), 1);
    }
    assert_eq!((errors("sea_cancelled", "cancelled"), in_flight("sea_cancelled")), (1, 0));
    {
        // Holds the transaction's connection, so that another statement has to wait.
        let _stream = sea_cancelled::Entity::find().stream(&transaction).await.expect("a stream");
        let mut running = pin!(insert("b").exec(&transaction));
        assert!(running.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(
        (errors("sea_cancelled", "cancelled"), in_flight("sea_cancelled")),
        (3, 0),
        "the stream was, too"
    );
    insert("c").exec(&transaction).await.expect("a row");
    transaction.commit().await.expect("a commit");
    assert_eq!(rows("sea_cancelled"), (1, 0, 0));
}

#[tokio::test]
async fn a_closed_connection_is_an_error() {
    let connection = connect("sea_closed").await;
    connection.inner().clone().close().await.expect("it is open");
    connection.execute_unprepared("DELETE FROM sea_closed").await.expect_err("it is closed");
    assert_eq!(errors("sea_closed", "pool_closed"), 1);
}
