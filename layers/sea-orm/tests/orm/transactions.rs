//! Transactions: rows count when they are there for others to see.

use crate::{connect, entity};
use crate::{in_flight, queries, rows};
use sea_orm::{
    AccessMode, ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait as _, TransactionError,
    TransactionOptions, TransactionSession, TransactionTrait,
};

/// Inserts a row with this label.
macro_rules! insert {
    ($entity:ident, $label:expr, $connection:expr) => {{
        let new = $entity::ActiveModel { label: Set($label.to_owned()), ..Default::default() };
        $entity::Entity::insert(new).exec($connection).await
    }};
}

#[tokio::test]
async fn rows_count_at_commit() {
    entity!(sea_commit, "sea_commit");
    let connection = connect("sea_commit").await;
    let transaction = connection.begin().await.expect("a transaction");
    insert!(sea_commit, "a", &transaction).expect("a row");
    sea_commit::Entity::delete_many().exec(&transaction).await.expect("a row");
    assert_eq!(rows("sea_commit"), (0, 0, 0));
    transaction.commit().await.expect("a commit");
    assert_eq!(rows("sea_commit"), (1, 0, 1));
    assert_eq!(queries("sea_commit", "transaction"), 2);
    assert_eq!(in_flight("sea_commit"), 0);
}

#[tokio::test]
async fn rows_that_are_rolled_back_or_dropped_never_count() {
    entity!(sea_rollback, "sea_rollback");
    let connection = connect("sea_rollback").await;
    let transaction =
        connection.begin_with_config(None, Some(AccessMode::ReadWrite)).await.expect("a transaction");
    insert!(sea_rollback, "a", &transaction).expect("a row");
    transaction.rollback().await.expect("a rollback");
    let transaction =
        connection.begin_with_options(TransactionOptions::default()).await.expect("a transaction");
    insert!(sea_rollback, "b", &transaction).expect("a row");
    drop(transaction);
    assert_eq!(rows("sea_rollback"), (0, 0, 0));
    let left = sea_rollback::Entity::find().all(&connection).await.expect("an answer");
    assert_eq!(left, []);
    insert!(sea_rollback, "c", &connection).expect("a row");
    assert_eq!(rows("sea_rollback"), (1, 0, 0));
}

entity!(sea_generic, "sea_generic");

/// As libraries do it that take any connection.
async fn begin_and<C: TransactionTrait>(connection: &C, commit: bool) {
    async fn end(session: impl TransactionSession, commit: bool) -> Result<(), DbErr> {
        if commit { session.commit().await } else { session.rollback().await }
    }
    let transaction = connection.begin().await.expect("a transaction");
    insert!(sea_generic, "a", &transaction).expect("a row");
    end(transaction, commit).await.expect("an end");
}

#[tokio::test]
async fn transactions_end_through_the_trait_as_well() {
    let connection = connect("sea_generic").await;
    begin_and(&connection, false).await;
    assert_eq!(rows("sea_generic"), (0, 0, 0));
    begin_and(&connection, true).await;
    assert_eq!(rows("sea_generic"), (1, 0, 0));
    assert_eq!(queries("sea_generic", "transaction"), 4);
}

#[tokio::test]
async fn savepoints_are_followed() {
    entity!(sea_savepoint, "sea_savepoint");
    let connection = connect("sea_savepoint").await;
    let outer = connection.begin().await.expect("a transaction");
    insert!(sea_savepoint, "a", &outer).expect("a row");
    {
        let inner = outer.begin().await.expect("a savepoint");
        insert!(sea_savepoint, "b", &inner).expect("a row");
        let innermost = inner.begin().await.expect("a savepoint");
        insert!(sea_savepoint, "c", &innermost).expect("a row");
        innermost.commit().await.expect("a release");
        inner.rollback().await.expect("a rollback");
    }
    {
        let inner = outer.begin().await.expect("a savepoint");
        insert!(sea_savepoint, "d", &inner).expect("a row");
        // Dropped.
    }
    let inner = outer.begin().await.expect("a savepoint");
    insert!(sea_savepoint, "e", &inner).expect("a row");
    inner.commit().await.expect("a release");
    assert_eq!(rows("sea_savepoint"), (0, 0, 0));
    outer.commit().await.expect("a commit");
    assert_eq!(rows("sea_savepoint"), (2, 0, 0));
    assert_eq!(sea_savepoint::Entity::find().all(&connection).await.expect("rows").len(), 2);
}

#[tokio::test]
async fn functions_in_transactions() {
    entity!(sea_function, "sea_function");
    /// A function that takes whatever executes statements.
    async fn work(connection: &impl ConnectionTrait, label: &str) -> Result<(), DbErr> {
        insert!(sea_function, label, connection).map(drop)
    }
    let connection = connect("sea_function").await;
    let committed = connection.transaction::<_, (), DbErr>(|transaction| Box::pin(work(transaction, "a")));
    committed.await.expect("a commit");
    assert_eq!(rows("sea_function"), (1, 0, 0));
    let failed = connection.transaction_with_config::<_, (), DbErr>(
        |transaction| {
            Box::pin(async move {
                work(transaction, "b").await?;
                work(transaction, "a").await
            })
        },
        None,
        None,
    );
    assert!(matches!(failed.await, Err(TransactionError::Transaction(DbErr::Query(_) | DbErr::Exec(_)))));
    assert_eq!(rows("sea_function"), (1, 0, 0));
    assert_eq!(crate::errors("sea_function", "unique"), 1);
    assert_eq!(queries("sea_function", "transaction"), 4);
}
