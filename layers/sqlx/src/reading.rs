//! A statement whose results come one by one.

use super::driver::Driver;
use tallymark_db::{Session, Statement, sqlx_error::failure};
use sqlx::{Either, error::Error};

/// Follows the results of a statement. Dropped before their end, it counts a statement that was cancelled, or one that
/// has ended if a row has come: then the reader has had enough.
pub(super) struct Reading<'s> {
    session: &'s mut Session,
    statement: Option<Statement>,
    /// Rows that came.
    rows: u64,
    /// Rows that were written, once the driver has told.
    written: Option<u64>,
}

impl<'s> Reading<'s> {
    pub(super) fn begin(session: &'s mut Session, sql: &str) -> Self {
        let statement = Some(session.database().statement(sql));
        Self { session, statement, rows: 0, written: None }
    }

    /// Whether the results have to be followed to learn how many rows were written.
    pub(super) fn is_followed(&self) -> bool {
        self.statement.as_ref().is_some_and(|statement| statement.writes_model() || statement.is_bulk())
    }

    /// Something has come.
    pub(super) fn see<DB: Driver>(&mut self, item: &Either<DB::QueryResult, DB::Row>) {
        match item {
            Either::Left(result) => {
                let written = DB::rows_affected(result);
                match &mut self.statement {
                    Some(statement) if statement.is_bulk() => statement.result(self.session, written),
                    _ => self.written = Some(self.written.unwrap_or(0) + written),
                }
            }
            Either::Right(_) => self.rows += 1,
        }
    }

    /// It has written so many rows, if the driver tells.
    pub(super) fn wrote(&mut self, rows: Option<u64>) {
        self.written = rows;
    }

    /// Whether it is a text of several statements.
    pub(super) fn is_bulk(&self) -> bool {
        self.statement.as_ref().is_some_and(Statement::is_bulk)
    }

    /// It has ended with this result.
    pub(super) fn ended<T>(mut self, result: Result<T, Error>) -> Result<T, Error> {
        match &result {
            Ok(_) => self.end(self.written),
            Err(error) => self.failed(error),
        }
        result
    }

    /// It has failed.
    pub(super) fn failed(&mut self, error: &Error) {
        match failure(error) {
            Some(failure) => {
                if let Some(statement) = self.statement.take() {
                    statement.failed_in(self.session, failure);
                }
            }
            None => self.end(self.written),
        }
    }

    fn end(&mut self, written: Option<u64>) {
        if let Some(statement) = self.statement.take() {
            if statement.is_bulk() {
                statement.ended(self.session);
            } else {
                statement.done_in(self.session, written);
            }
        }
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if self.rows > 0 {
            // What a statement gives back are the rows that it has written, if it writes any.
            self.end(Some(self.written.unwrap_or(self.rows)));
        }
    }
}
