//! A transaction, and transactions in it.

use super::{
    execution::{Execution, Place, Shared, connection, locked, streams, transactions},
    stream::InstrumentedStream,
};
use sea_orm::{DatabaseTransaction, DbErr, TransactionError, TransactionSession};
use std::{
    fmt,
    pin::Pin,
    sync::{Arc, Mutex},
};
use tallymark_db::{Database, Session, Vendor};

/// A transaction whose statements are counted, and whose rows of models count when it is committed.
///
/// Dropped, it is rolled back, and they do not count.
#[derive(Debug)]
pub struct InstrumentedDatabaseTransaction {
    inner: DatabaseTransaction,
    database: Database,
    scope: Scope,
}

/// One level of a transaction. Dropped while it is open, it is rolled back.
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
        if nested {
            locked(&session).savepoint();
        } else {
            locked(&session).begin();
        }
        Self { session, open: true, nested }
    }

    /// Takes note that a savepoint could not be ended, which is one that is no longer there. sqlx tries once more by itself,
    /// and loses its place by the error; but `PostgreSQL` aborts the transaction, which both know.
    fn lose(&self) {
        let mut session = locked(&self.session);
        if self.nested && session.database().vendor() != Vendor::Postgresql {
            session.lose_track();
        }
    }

    /// What begins or ends it, as text for the clock.
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

/// A transaction that is about to begin.
///
/// If it does not, because of an error or because its future is dropped, sqlx rolls back all the same: it undoes what the
/// transaction around it has written, and from then on takes that one for the transaction outside of it.
struct Beginning {
    place: Place,
    execution: Option<Execution>,
}

impl Beginning {
    fn new(database: Database, place: Place) -> Self {
        let text = if matches!(place, Place::Pool) { "BEGIN" } else { "SAVEPOINT nested" };
        Self { execution: Some(Execution::begin(database, place.clone(), text)), place }
    }

    fn finish<T>(mut self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        let Some(execution) = self.execution.take() else { return result };
        match &result {
            Ok(_) => execution.finish_apart(),
            Err(error) => {
                execution.fail(error);
                self.lose();
            }
        }
        result
    }

    fn lose(&self) {
        if let Place::Transaction(session) = &self.place {
            locked(session).lose_track();
        }
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        if let Some(execution) = self.execution.take() {
            drop(execution);
            self.lose();
        }
    }
}

/// A commit under way. Dropped before its end, nobody knows whether the database has committed.
struct Commit {
    scope: Scope,
    execution: Option<Execution>,
}

impl Commit {
    fn finish(mut self, result: &Result<(), DbErr>) {
        let Some(execution) = self.execution.take() else { return };
        match result {
            Ok(()) if self.scope.nested => {
                execution.finish_apart();
                locked(&self.scope.session).commit();
                self.scope.open = false;
            }
            Ok(()) => {
                execution.finish_rows(0);
                self.scope.open = false;
            }
            // Dropped, it is rolled back.
            Err(error) => {
                execution.fail(error);
                self.scope.lose();
            }
        }
    }
}

impl Drop for Commit {
    fn drop(&mut self) {
        if let Some(execution) = self.execution.take() {
            drop(execution);
            // sqlx rolls back then. That ends the transaction if the commit has not; but where a savepoint was given up, it
            // goes back to one that is no longer there.
            if self.scope.nested {
                locked(&self.scope.session).lose_track();
                self.scope.open = false;
            }
        }
    }
}

impl InstrumentedDatabaseTransaction {
    pub(super) async fn begin(
        database: Database,
        place: Place,
        begin: impl Future<Output = Result<DatabaseTransaction, DbErr>>,
    ) -> Result<Self, DbErr> {
        let beginning = Beginning::new(database, place.clone());
        let inner = beginning.finish(begin.await)?;
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
    /// Those of SeaORM's `commit`. Then no rows are counted.
    pub async fn commit(self) -> Result<(), DbErr> {
        let execution = self.execution(self.scope.text("COMMIT", "RELEASE SAVEPOINT nested"));
        let commit = Commit { scope: self.scope, execution: Some(execution) };
        let result = self.inner.commit().await;
        commit.finish(&result);
        result
    }

    /// Rolls back. The rows of models that were written in it are not counted.
    ///
    /// # Errors
    ///
    /// Those of SeaORM's `rollback`.
    pub async fn rollback(self) -> Result<(), DbErr> {
        let execution = self.execution(self.scope.text("ROLLBACK", "ROLLBACK TO SAVEPOINT nested"));
        let result = self.inner.rollback().await;
        // The scope takes it for rolled back either way: what could not be said by a statement, sqlx says by the next.
        match &result {
            Ok(()) => execution.finish_apart(),
            Err(error) => {
                execution.fail(error);
                self.scope.lose();
            }
        }
        result
    }

    fn place(&self) -> Place {
        Place::Transaction(Arc::clone(&self.scope.session))
    }

    fn execution(&self, sql: &str) -> Execution {
        Execution::begin(self.database, self.place(), sql)
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl TransactionSession for InstrumentedDatabaseTransaction {
    async fn commit(self) -> Result<(), DbErr> {
        Self::commit(self).await
    }

    async fn rollback(self) -> Result<(), DbErr> {
        Self::rollback(self).await
    }
}

connection!(InstrumentedDatabaseTransaction);
transactions!(InstrumentedDatabaseTransaction);
streams!(InstrumentedDatabaseTransaction, DatabaseTransaction);
