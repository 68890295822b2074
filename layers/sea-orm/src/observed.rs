//! One statement on one connection.

use super::failure;
use tallymark_db::{Database, Session, Statement};
use ::sea_orm::DbErr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The transaction that a statement is part of. Shared with the transactions in it.
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

/// A statement that has begun, and where.
///
/// Dropped, because the task was cancelled, it counts as cancelled.
#[derive(Debug)]
pub(super) struct Running {
    statement: Statement,
    place: Place,
}

impl Running {
    pub(super) fn begin(database: Database, place: Place, sql: &str) -> Self {
        Self { statement: database.statement(sql), place }
    }

    /// The result, counted. `rows` tells how many rows were written or came back.
    pub(super) fn end<T>(self, result: Result<T, DbErr>, rows: impl FnOnce(&T) -> u64) -> Result<T, DbErr> {
        match &result {
            Ok(value) => self.done(Some(rows(value))),
            Err(error) => self.failed(error),
        }
        result
    }

    pub(super) fn done(self, rows: Option<u64>) {
        match &self.place {
            Place::Pool => self.statement.done(rows),
            Place::Transaction(session) => self.statement.done_in(&mut locked(session), rows),
        }
    }

    pub(super) fn failed(self, error: &DbErr) {
        let failure = failure::of(error);
        match &self.place {
            Place::Pool => self.statement.failed(failure),
            Place::Transaction(session) => self.statement.failed_in(&mut locked(session), failure),
        }
    }
}

/// Implements `ConnectionTrait` for a type with `inner`, `database` and `place()`.
macro_rules! connection {
    ($type:ty) => {
        #[::sea_orm::prelude::async_trait::async_trait]
        impl ::sea_orm::ConnectionTrait for $type {
            fn get_database_backend(&self) -> ::sea_orm::DbBackend {
                ::sea_orm::ConnectionTrait::get_database_backend(&self.inner)
            }

            async fn execute_raw(
                &self,
                statement: ::sea_orm::Statement,
            ) -> Result<::sea_orm::ExecResult, ::sea_orm::DbErr> {
                let running = self.running(&statement.sql);
                running.end(self.inner.execute_raw(statement).await, ::sea_orm::ExecResult::rows_affected)
            }

            async fn execute_unprepared(&self, sql: &str) -> Result<::sea_orm::ExecResult, ::sea_orm::DbErr> {
                let running = self.running(sql);
                running.end(self.inner.execute_unprepared(sql).await, ::sea_orm::ExecResult::rows_affected)
            }

            async fn query_one_raw(
                &self,
                statement: ::sea_orm::Statement,
            ) -> Result<Option<::sea_orm::QueryResult>, ::sea_orm::DbErr> {
                let running = self.running(&statement.sql);
                running.end(self.inner.query_one_raw(statement).await, |row| row.is_some().into())
            }

            async fn query_all_raw(
                &self,
                statement: ::sea_orm::Statement,
            ) -> Result<Vec<::sea_orm::QueryResult>, ::sea_orm::DbErr> {
                let running = self.running(&statement.sql);
                running.end(self.inner.query_all_raw(statement).await, |rows| rows.len() as u64)
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

/// Implements `TransactionTrait` the same way.
macro_rules! transactions {
    ($type:ty) => {
        #[::sea_orm::prelude::async_trait::async_trait]
        impl ::sea_orm::TransactionTrait for $type {
            type Transaction = ObservedTransaction;

            async fn begin(&self) -> Result<ObservedTransaction, ::sea_orm::DbErr> {
                ObservedTransaction::begin(self.database, self.place(), self.inner.begin()).await
            }

            async fn begin_with_config(
                &self,
                isolation: Option<::sea_orm::IsolationLevel>,
                access: Option<::sea_orm::AccessMode>,
            ) -> Result<ObservedTransaction, ::sea_orm::DbErr> {
                let begin = self.inner.begin_with_config(isolation, access);
                ObservedTransaction::begin(self.database, self.place(), begin).await
            }

            async fn begin_with_options(
                &self,
                options: ::sea_orm::TransactionOptions,
            ) -> Result<ObservedTransaction, ::sea_orm::DbErr> {
                let begin = self.inner.begin_with_options(options);
                ObservedTransaction::begin(self.database, self.place(), begin).await
            }

            async fn transaction<F, T, E>(&self, callback: F) -> Result<T, ::sea_orm::TransactionError<E>>
            where
                F: for<'c> FnOnce(
                        &'c ObservedTransaction,
                    )
                        -> std::pin::Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>>
                    + Send,
                T: Send,
                E: std::fmt::Display + std::fmt::Debug + Send,
            {
                let transaction = self.begin().await.map_err(::sea_orm::TransactionError::Connection)?;
                transaction.run(callback).await
            }

            async fn transaction_with_config<F, T, E>(
                &self,
                callback: F,
                isolation: Option<::sea_orm::IsolationLevel>,
                access: Option<::sea_orm::AccessMode>,
            ) -> Result<T, ::sea_orm::TransactionError<E>>
            where
                F: for<'c> FnOnce(
                        &'c ObservedTransaction,
                    )
                        -> std::pin::Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>>
                    + Send,
                T: Send,
                E: std::fmt::Display + std::fmt::Debug + Send,
            {
                let begun = self.begin_with_config(isolation, access).await;
                begun.map_err(::sea_orm::TransactionError::Connection)?.run(callback).await
            }
        }
    };
}

/// Implements `StreamTrait` the same way.
macro_rules! streams {
    ($type:ty, $inner:ty) => {
        impl ::sea_orm::StreamTrait for $type {
            type Stream<'a> = ObservedStream<<$inner as ::sea_orm::StreamTrait>::Stream<'a>>;

            fn get_database_backend(&self) -> ::sea_orm::DbBackend {
                ::sea_orm::StreamTrait::get_database_backend(&self.inner)
            }

            fn stream_raw<'a>(
                &'a self,
                statement: ::sea_orm::Statement,
            ) -> std::pin::Pin<Box<dyn Future<Output = Result<Self::Stream<'a>, ::sea_orm::DbErr>> + 'a + Send>> {
                Box::pin(async move {
                    let running = self.running(&statement.sql);
                    match self.inner.stream_raw(statement).await {
                        Ok(stream) => Ok(ObservedStream::new(stream, running)),
                        Err(error) => {
                            running.failed(&error);
                            Err(error)
                        }
                    }
                })
            }
        }
    };
}

pub(super) use {connection, streams, transactions};
