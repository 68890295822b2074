//! A statement under way.

use super::error::failure;
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tallymark_db::{Database, Session, Statement};
use tokio_postgres::{Error, SimpleQueryMessage};

/// The session of a connection. Statements of one connection may be under way at the same time, as tokio-postgres sends one
/// before the one before it has ended.
#[derive(Clone)]
pub(super) struct SharedSession(Arc<Mutex<Session>>);

impl SharedSession {
    pub(super) fn new(database: Database) -> Self {
        Self(Arc::new(Mutex::new(Session::new(database))))
    }

    /// The session, for less time than anything is awaited.
    pub(super) fn get(&self) -> MutexGuard<'_, Session> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn database(&self) -> Database {
        self.get().database()
    }

    /// Begins a statement.
    pub(super) fn begin(&self, sql: &str) -> Execution {
        let mut statement = self.database().statement(sql);
        statement.follow(&mut self.get());
        Execution { session: self.clone(), statement: Some(statement), rows: 0, written: None }
    }
}

impl fmt::Debug for SharedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedSession").field(&self.database()).finish()
    }
}

/// A statement under way. Dropped before its end, it counts as cancelled, or as ended if a row has come: then the reader
/// has had enough.
#[derive(Debug)]
pub(super) struct Execution {
    session: SharedSession,
    /// There until it has ended.
    statement: Option<Statement>,
    /// Rows that have come.
    rows: u64,
    /// Rows that were written, once the server has reported them.
    written: Option<u64>,
}

impl Execution {
    /// Whether results have to be read to learn how many rows were written.
    pub(super) fn is_read_for_results(&self) -> bool {
        self.statement.as_ref().is_some_and(|statement| statement.is_bulk() || statement.writes_model())
    }

    /// Whether it writes as many rows as come back.
    pub(super) fn returns_rows(&self) -> bool {
        self.statement.as_ref().is_some_and(Statement::returns_rows)
    }

    /// A row has come.
    pub(super) fn see_row(&mut self) {
        self.rows += 1;
    }

    /// The server has reported how many rows were written.
    pub(super) fn see_written(&mut self, rows: Option<u64>) {
        self.written = rows;
    }

    /// Something of the results of a text has come.
    pub(super) fn see(&mut self, message: &SimpleQueryMessage) {
        match message {
            SimpleQueryMessage::CommandComplete(rows) => match &mut self.statement {
                Some(statement) if statement.is_bulk() => {
                    statement.record_result(&mut self.session.get(), *rows);
                }
                _ => self.written = Some(*rows),
            },
            SimpleQueryMessage::Row(_) => self.see_row(),
            _ => {}
        }
    }

    /// It has ended with this result.
    pub(super) fn finish<T>(mut self, result: Result<T, Error>) -> Result<T, Error> {
        if let Some(statement) = self.statement.take() {
            let session = &mut *self.session.get();
            match result.as_ref().err().and_then(failure) {
                Some(failure) => statement.fail_in(session, failure),
                None if statement.is_bulk() => statement.finish_streamed(session),
                None => statement.finish_in(session, self.written),
            }
        }
        result
    }

    /// It has ended with this result. What it means for the transaction when it has succeeded is reported by `then`.
    pub(super) fn finish_apart<T>(
        mut self,
        result: Result<T, Error>,
        then: impl FnOnce(&mut Session),
    ) -> Result<T, Error> {
        if let Some(statement) = self.statement.take() {
            let session = &mut *self.session.get();
            if let Some(failure) = result.as_ref().err().and_then(failure) {
                statement.fail_in(session, failure);
            } else {
                statement.finish_apart();
                then(session);
            }
        }
        result
    }
}

impl Drop for Execution {
    fn drop(&mut self) {
        match self.statement.take() {
            Some(statement) if self.rows > 0 => statement.finish_early(&mut self.session.get()),
            Some(statement) => statement.cancel_in(&mut self.session.get()),
            None => {}
        }
    }
}
