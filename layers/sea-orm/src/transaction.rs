//! A transaction, and transactions in it.

use super::{
    ObservedStream,
    observed::{Place, Running, Shared, connection, locked, streams, transactions},
};
use tallymark_db::{Database, Session};
use ::sea_orm::{DatabaseTransaction, DbErr, TransactionError, TransactionSession};
use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex},
};

/// A transaction whose statements are counted, and whose rows of models count when it is committed.
///
/// Dropped, it is rolled back, and they do not count.
#[derive(Debug)]
pub struct ObservedTransaction {
    inner: DatabaseTransaction,
    database: Database,
    scope: Scope,
}

/// One level of a transaction. Dropped before it was committed, it is rolled back.
#[derive(Debug)]
struct Scope {
    session: Shared,
    open: bool,
    nested: bool,
}

impl Scope {
    fn begin(database: Database, place: Place) -> Self {
        let (session, nested) = match place {
            Place::Pool => (Arc::new(Mutex::new(Session::new(database))), false),
            Place::Transaction(session) => (session, true),
        };
        locked(&session).begin();
        Self { session, open: true, nested }
    }

    fn commit(mut self) {
        self.open = false;
        locked(&self.session).commit();
    }

    /// What begins or ends it, as text for the clock. Its own session keeps the book.
    fn text(&self, outermost: &'static str, nested: &'static str) -> &'static str {
        if self.nested { nested } else { outermost }
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        if self.open {
            locked(&self.session).rollback();
        }
    }
}

impl ObservedTransaction {
    pub(super) async fn begin(
        database: Database,
        place: Place,
        begin: impl Future<Output = Result<DatabaseTransaction, DbErr>>,
    ) -> Result<Self, DbErr> {
        let text = if matches!(place, Place::Pool) { "BEGIN" } else { "SAVEPOINT nested" };
        let running = Running::begin(database, Place::Pool, text);
        let inner = running.end(begin.await, |_| 0)?;
        Ok(Self { inner, database, scope: Scope::begin(database, place) })
    }

    /// Runs a function in the transaction, as [`TransactionTrait::transaction`](sea_orm::TransactionTrait::transaction)
    /// does.
    pub(super) async fn run<F, T, E>(self, callback: F) -> Result<T, TransactionError<E>>
    where
        F: for<'c> FnOnce(&'c Self) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
        T: Send,
        E: fmt::Display + fmt::Debug + Send,
    {
        let result = callback(&self).await.map_err(TransactionError::Transaction);
        let ended = if result.is_ok() { self.commit().await } else { self.rollback().await };
        ended.map_err(TransactionError::Connection)?;
        result
    }

    /// Commits, and counts the rows of models. A method of its own, as a `DatabaseTransaction` has it: code that is
    /// changed from one to the other need not import [`TransactionSession`].
    ///
    /// # Errors
    ///
    /// As SeaORM's `commit`. Then no rows are counted.
    pub async fn commit(self) -> Result<(), DbErr> {
        let text = self.scope.text("COMMIT", "RELEASE SAVEPOINT nested");
        let running = Running::begin(self.database, Place::Pool, text);
        running.end(self.inner.commit().await, |()| 0)?;
        self.scope.commit();
        Ok(())
    }

    /// Rolls back. The rows of models that were written in it are not counted.
    ///
    /// # Errors
    ///
    /// As SeaORM's `rollback`.
    pub async fn rollback(self) -> Result<(), DbErr> {
        let text = self.scope.text("ROLLBACK", "ROLLBACK TO SAVEPOINT nested");
        let running = Running::begin(self.database, Place::Pool, text);
        running.end(self.inner.rollback().await, |()| 0)
    }

    fn place(&self) -> Place {
        Place::Transaction(Arc::clone(&self.scope.session))
    }

    fn running(&self, sql: &str) -> Running {
        Running::begin(self.database, self.place(), sql)
    }
}

#[::sea_orm::prelude::async_trait::async_trait]
impl TransactionSession for ObservedTransaction {
    async fn commit(self) -> Result<(), DbErr> {
        Self::commit(self).await
    }

    async fn rollback(self) -> Result<(), DbErr> {
        Self::rollback(self).await
    }
}

connection!(ObservedTransaction);
transactions!(ObservedTransaction);
streams!(ObservedTransaction, DatabaseTransaction);
