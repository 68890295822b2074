//! The rows of a statement.

use super::observation::Observation;
use rusqlite::{Error, Result, Row, Rows, fallible_streaming_iterator::FallibleStreamingIterator as _};
use std::fmt;
use tallymark_db::Statement;

/// The rows of a statement, which is counted when the first is asked for, and has ended when there are no more or this is
/// dropped. Made by [`InstrumentedStatement::query`](super::InstrumentedStatement::query).
#[must_use = "the statement is executed when the first row is asked for"]
pub struct InstrumentedRows<'s> {
    observation: &'s Observation<'s>,
    sql: &'s str,
    /// There until the last was read.
    rows: Option<Rows<'s>>,
    /// There once the first was asked for.
    statement: Option<Statement>,
}

impl<'s> InstrumentedRows<'s> {
    pub(super) fn new(observation: &'s Observation<'s>, sql: &'s str, rows: Rows<'s>) -> Self {
        Self { observation, sql, rows: Some(rows), statement: None }
    }

    /// Returns the next row, or `None` after the last.
    ///
    /// # Errors
    ///
    /// Those of [`Rows::next`].
    #[expect(clippy::should_implement_trait, reason = "the row borrows from this")]
    pub fn next(&mut self) -> Result<Option<&Row<'s>>> {
        let Some(rows) = &mut self.rows else { return Ok(None) };
        self.statement.get_or_insert_with(|| self.observation.begin(self.sql));
        let advanced = rows.advance();
        if advanced.is_err() || rows.get().is_none() {
            self.rows = None;
            return self.end(advanced).map(|()| None);
        }
        Ok(self.rows.as_ref().and_then(|rows| rows.get()))
    }

    /// Returns the next row, of which there has to be one.
    pub(super) fn expected(&mut self) -> Result<&Row<'s>> {
        self.next()?.ok_or(Error::QueryReturnedNoRows)
    }

    /// Returns an iterator over what `f` makes of each row.
    pub fn mapped<T, F>(self, f: F) -> MappedRows<'s, F>
    where
        F: FnMut(&Row<'_>) -> Result<T>,
    {
        MappedRows { rows: self, f }
    }

    /// Returns an iterator over what `f`, which has errors of its own, makes of each row.
    pub fn and_then<T, E, F>(self, f: F) -> AndThenRows<'s, F>
    where
        F: FnMut(&Row<'_>) -> Result<T, E>,
    {
        AndThenRows { rows: self, f }
    }

    fn end(&mut self, result: Result<()>) -> Result<()> {
        match self.statement.take() {
            Some(statement) => self.observation.settle(statement, result),
            None => result,
        }
    }
}

/// A reader has had enough. What the statement writes, it has written before its first row.
impl Drop for InstrumentedRows<'_> {
    fn drop(&mut self) {
        if self.rows.take().is_some() {
            // No error: SQLite has ended it as its rows were dropped.
            let _ended = self.end(Ok(()));
        }
    }
}

impl fmt::Debug for InstrumentedRows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedRows").field("sql", &self.sql).finish_non_exhaustive()
    }
}

/// An iterator over what a function makes of each row. Made by
/// [`InstrumentedStatement::query_map`](super::InstrumentedStatement::query_map).
#[must_use = "the statement is executed when the first row is asked for"]
#[derive(Debug)]
pub struct MappedRows<'s, F> {
    rows: InstrumentedRows<'s>,
    f: F,
}

impl<T, F: FnMut(&Row<'_>) -> Result<T>> Iterator for MappedRows<'_, F> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let row = self.rows.next().transpose()?;
        Some(row.and_then(&mut self.f))
    }
}

/// An iterator over what a function with errors of its own makes of each row. Made by
/// [`InstrumentedStatement::query_and_then`](super::InstrumentedStatement::query_and_then).
#[must_use = "the statement is executed when the first row is asked for"]
#[derive(Debug)]
pub struct AndThenRows<'s, F> {
    rows: InstrumentedRows<'s>,
    f: F,
}

impl<T, E: From<Error>, F: FnMut(&Row<'_>) -> Result<T, E>> Iterator for AndThenRows<'_, F> {
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Result<T, E>> {
        let row = self.rows.next().transpose()?;
        Some(row.map_err(E::from).and_then(&mut self.f))
    }
}
