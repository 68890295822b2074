//! One statement on one connection.

use super::error::failure;
use sea_orm::DbErr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tallymark_db::{Database, Session, Statement, Vendor};

/// The session of a transaction, shared with the transactions in it.
pub(super) type Shared = Arc<Mutex<Session>>;

/// Nothing in here can leave a session half changed.
pub(super) fn locked(session: &Shared) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where a statement is executed.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// On whichever connection of the pool is free.
    Pool,
    Transaction(Shared),
}

impl Place {
    fn with<T>(&self, database: Database, call: impl FnOnce(&mut Session) -> T) -> T {
        match self {
            Self::Transaction(session) => call(&mut locked(session)),
            Self::Pool => {
                let mut session = Session::new(database);
                let result = call(&mut session);
                // The connection goes back to the pool, whatever a text has begun on it.
                session.abandon();
                result
            }
        }
    }
}

/// A statement that has begun, and where.
///
/// Dropped, because the task was cancelled, it counts as cancelled.
#[derive(Debug)]
pub(super) struct Execution {
    statement: Option<Statement>,
    database: Database,
    place: Place,
}

impl Execution {
    pub(super) fn begin(database: Database, place: Place, sql: &str) -> Self {
        Self { statement: Some(database.statement(sql)), database, place }
    }

    /// Whether all its rows have to be read to learn how many it has written.
    pub(super) fn writes_model(&self) -> bool {
        self.statement.as_ref().is_some_and(Statement::writes_model)
    }

    /// The result of a statement that reports how many rows it has written, counted.
    pub(super) fn finish<T>(
        self,
        result: Result<T, DbErr>,
        rows: impl FnOnce(&T) -> u64,
    ) -> Result<T, DbErr> {
        match &result {
            Ok(value) => {
                // MariaDB reports none for what gives rows back.
                let is_reported = self.database.vendor() != Vendor::Mysql || !self.returns_rows();
                self.finish_with(is_reported.then(|| rows(value)));
            }
            Err(error) => self.fail(error),
        }
        result
    }

    /// The result of a statement that gives rows back, counted.
    pub(super) fn finish_read<T>(
        self,
        result: Result<T, DbErr>,
        rows: impl FnOnce(&T) -> u64,
    ) -> Result<T, DbErr> {
        match &result {
            Ok(value) => self.finish_rows(rows(value)),
            Err(error) => self.fail(error),
        }
        result
    }

    /// It has ended after so many rows.
    pub(super) fn finish_rows(self, rows: u64) {
        // Without `RETURNING` none come back, however many were written.
        let rows = (rows > 0 || self.returns_rows()).then_some(rows);
        self.finish_with(rows);
    }

    fn returns_rows(&self) -> bool {
        self.statement.as_ref().is_some_and(Statement::returns_rows)
    }

    fn finish_with(mut self, rows: Option<u64>) {
        if let Some(statement) = self.statement.take() {
            self.place.with(self.database, |session| statement.finish_in(session, rows));
        }
    }

    /// It has ended before all its rows were read.
    pub(super) fn finish_early(mut self) {
        if let Some(statement) = self.statement.take() {
            self.place.with(self.database, |session| statement.finish_early(session));
        }
    }

    /// It has ended, and what it means for the transaction is for the caller to say.
    pub(super) fn finish_apart(mut self) {
        if let Some(statement) = self.statement.take() {
            statement.finish_apart();
        }
    }

    pub(super) fn fail(mut self, error: &DbErr) {
        if let Some(statement) = self.statement.take() {
            let failure = failure(error, self.database.vendor());
            self.place.with(self.database, |session| statement.fail_in(session, failure));
        }
    }
}

impl Drop for Execution {
    fn drop(&mut self) {
        if let Some(statement) = self.statement.take() {
            self.place.with(self.database, |session| statement.cancel_in(session));
        }
    }
}

/// Implements `ConnectionTrait` for a type with `inner`, `database` and `place()`.
macro_rules! connection {
    ($type:ty) => {
        #[sea_orm::prelude::async_trait::async_trait]
        impl sea_orm::ConnectionTrait for $type {
            fn get_database_backend(&self) -> sea_orm::DbBackend {
                sea_orm::ConnectionTrait::get_database_backend(&self.inner)
            }

            async fn execute_raw(
                &self,
                statement: sea_orm::Statement,
            ) -> Result<sea_orm::ExecResult, sea_orm::DbErr> {
                let execution = self.execution(&statement.sql);
                execution.finish(self.inner.execute_raw(statement).await, sea_orm::ExecResult::rows_affected)
            }

            async fn execute_unprepared(&self, sql: &str) -> Result<sea_orm::ExecResult, sea_orm::DbErr> {
                let execution = self.execution(sql);
                execution.finish(self.inner.execute_unprepared(sql).await, sea_orm::ExecResult::rows_affected)
            }

            async fn query_one_raw(
                &self,
                statement: sea_orm::Statement,
            ) -> Result<Option<sea_orm::QueryResult>, sea_orm::DbErr> {
                let execution = self.execution(&statement.sql);
                if execution.writes_model() {
                    // The database has written them all, though only the first is read.
                    let rows = self.inner.query_all_raw(statement).await;
                    let rows = execution.finish_read(rows, |rows| rows.len() as u64);
                    return rows.map(|rows| rows.into_iter().next());
                }
                execution.finish_read(self.inner.query_one_raw(statement).await, |row| row.is_some().into())
            }

            async fn query_all_raw(
                &self,
                statement: sea_orm::Statement,
            ) -> Result<Vec<sea_orm::QueryResult>, sea_orm::DbErr> {
                let execution = self.execution(&statement.sql);
                execution.finish_read(self.inner.query_all_raw(statement).await, |rows| rows.len() as u64)
            }

            fn support_returning(&self) -> bool {
                self.inner.support_returning()
            }

            fn is_mock_connection(&self) -> bool {
                self.inner.is_mock_connection()
            }
        }
    };
}

/// Implements `TransactionTrait` for a type with `inner`, `database` and `place()`.
macro_rules! transactions {
    ($type:ty) => {
        #[sea_orm::prelude::async_trait::async_trait]
        impl sea_orm::TransactionTrait for $type {
            type Transaction = InstrumentedDatabaseTransaction;

            async fn begin(&self) -> Result<InstrumentedDatabaseTransaction, sea_orm::DbErr> {
                InstrumentedDatabaseTransaction::begin(self.database, self.place(), self.inner.begin()).await
            }

            async fn begin_with_config(
                &self,
                isolation: Option<sea_orm::IsolationLevel>,
                access: Option<sea_orm::AccessMode>,
            ) -> Result<InstrumentedDatabaseTransaction, sea_orm::DbErr> {
                let begin = self.inner.begin_with_config(isolation, access);
                InstrumentedDatabaseTransaction::begin(self.database, self.place(), begin).await
            }

            async fn begin_with_options(
                &self,
                options: sea_orm::TransactionOptions,
            ) -> Result<InstrumentedDatabaseTransaction, sea_orm::DbErr> {
                let begin = self.inner.begin_with_options(options);
                InstrumentedDatabaseTransaction::begin(self.database, self.place(), begin).await
            }

            async fn transaction<F, T, E>(&self, callback: F) -> Result<T, sea_orm::TransactionError<E>>
            where
                F: for<'c> FnOnce(
                        &'c InstrumentedDatabaseTransaction,
                    )
                        -> std::pin::Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>>
                    + Send,
                T: Send,
                E: std::fmt::Display + std::fmt::Debug + Send,
            {
                let transaction = self.begin().await.map_err(sea_orm::TransactionError::Connection)?;
                transaction.run(callback).await
            }

            async fn transaction_with_config<F, T, E>(
                &self,
                callback: F,
                isolation: Option<sea_orm::IsolationLevel>,
                access: Option<sea_orm::AccessMode>,
            ) -> Result<T, sea_orm::TransactionError<E>>
            where
                F: for<'c> FnOnce(
                        &'c InstrumentedDatabaseTransaction,
                    )
                        -> std::pin::Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>>
                    + Send,
                T: Send,
                E: std::fmt::Display + std::fmt::Debug + Send,
            {
                let begun = self.begin_with_config(isolation, access).await;
                begun.map_err(sea_orm::TransactionError::Connection)?.run(callback).await
            }
        }
    };
}

/// Implements `StreamTrait` for a type with `inner`, `database` and `place()`.
macro_rules! streams {
    ($type:ty, $inner:ty) => {
        impl sea_orm::StreamTrait for $type {
            type Stream<'a> = InstrumentedStream<<$inner as sea_orm::StreamTrait>::Stream<'a>>;

            fn get_database_backend(&self) -> sea_orm::DbBackend {
                sea_orm::StreamTrait::get_database_backend(&self.inner)
            }

            fn stream_raw<'a>(
                &'a self,
                statement: sea_orm::Statement,
            ) -> std::pin::Pin<Box<dyn Future<Output = Result<Self::Stream<'a>, sea_orm::DbErr>> + 'a + Send>>
            {
                Box::pin(async move {
                    let execution = self.execution(&statement.sql);
                    match self.inner.stream_raw(statement).await {
                        Ok(stream) => Ok(InstrumentedStream::new(stream, execution)),
                        Err(error) => {
                            execution.fail(&error);
                            Err(error)
                        }
                    }
                })
            }
        }
    };
}

pub(super) use {connection, streams, transactions};
