//! Transactions and savepoints under observation.

use super::connection::InstrumentedConnection;
use rusqlite::{DropBehavior, Result, TransactionBehavior};
use std::{fmt, ops::Deref, thread};

impl InstrumentedConnection<'_> {
    /// Begins a transaction that takes its locks when it needs them.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::transaction`](rusqlite::Connection::transaction).
    pub fn transaction(&mut self) -> Result<InstrumentedTransaction<'_>> {
        self.transaction_with_behavior(TransactionBehavior::Deferred)
    }

    /// Begins a transaction.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::transaction_with_behavior`](rusqlite::Connection::transaction_with_behavior).
    pub fn transaction_with_behavior(
        &mut self,
        behavior: TransactionBehavior,
    ) -> Result<InstrumentedTransaction<'_>> {
        InstrumentedTransaction::begin(self, behavior)
    }

    /// Begins a transaction on a connection that is shared. One within another is an error.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::unchecked_transaction`](rusqlite::Connection::unchecked_transaction).
    pub fn unchecked_transaction(&self) -> Result<InstrumentedTransaction<'_>> {
        InstrumentedTransaction::begin(self, TransactionBehavior::Deferred)
    }

    /// Sets a savepoint, which outside of a transaction begins one.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::savepoint`](rusqlite::Connection::savepoint).
    pub fn savepoint(&mut self) -> Result<InstrumentedSavepoint<'_>> {
        InstrumentedSavepoint::begin(self, None)
    }

    /// Sets a savepoint of this name.
    ///
    /// # Errors
    ///
    /// Those of [`Connection::savepoint_with_name`](rusqlite::Connection::savepoint_with_name).
    pub fn savepoint_with_name(&mut self, name: impl Into<String>) -> Result<InstrumentedSavepoint<'_>> {
        InstrumentedSavepoint::begin(self, Some(name.into()))
    }
}

/// A transaction under observation. Made by
/// [`InstrumentedConnection::transaction`](super::InstrumentedConnection::transaction).
///
/// It rolls back when it is dropped, unless [`set_drop_behavior`](Self::set_drop_behavior) says otherwise, as rusqlite's does.
#[must_use = "dropped at once, it rolls back"]
pub struct InstrumentedTransaction<'t> {
    connection: &'t InstrumentedConnection<'t>,
    drop_behavior: DropBehavior,
}

impl<'t> InstrumentedTransaction<'t> {
    fn begin(connection: &'t InstrumentedConnection<'t>, behavior: TransactionBehavior) -> Result<Self> {
        connection.execute_batch(match behavior {
            TransactionBehavior::Immediate => "BEGIN IMMEDIATE",
            TransactionBehavior::Exclusive => "BEGIN EXCLUSIVE",
            _ => "BEGIN DEFERRED",
        })?;
        Ok(Self { connection, drop_behavior: DropBehavior::Rollback })
    }

    /// Sets a savepoint.
    ///
    /// # Errors
    ///
    /// Those of [`Transaction::savepoint`](rusqlite::Transaction::savepoint).
    pub fn savepoint(&mut self) -> Result<InstrumentedSavepoint<'_>> {
        InstrumentedSavepoint::begin(self.connection, None)
    }

    /// Sets a savepoint of this name.
    ///
    /// # Errors
    ///
    /// Those of [`Transaction::savepoint_with_name`](rusqlite::Transaction::savepoint_with_name).
    pub fn savepoint_with_name(&mut self, name: impl Into<String>) -> Result<InstrumentedSavepoint<'_>> {
        InstrumentedSavepoint::begin(self.connection, Some(name.into()))
    }

    /// Returns what happens when it is dropped.
    pub fn drop_behavior(&self) -> DropBehavior {
        self.drop_behavior
    }

    /// Sets what happens when it is dropped.
    pub fn set_drop_behavior(&mut self, drop_behavior: DropBehavior) {
        self.drop_behavior = drop_behavior;
    }

    /// Commits.
    ///
    /// # Errors
    ///
    /// Those of [`Transaction::commit`](rusqlite::Transaction::commit). Then it is still open, and ends as if it was dropped.
    pub fn commit(self) -> Result<()> {
        self.connection.execute_batch("COMMIT")
    }

    /// Rolls back.
    ///
    /// # Errors
    ///
    /// Those of [`Transaction::rollback`](rusqlite::Transaction::rollback).
    pub fn rollback(self) -> Result<()> {
        self.connection.execute_batch("ROLLBACK")
    }

    /// Ends it as if it was dropped.
    ///
    /// # Errors
    ///
    /// Those of [`Transaction::finish`](rusqlite::Transaction::finish).
    pub fn finish(self) -> Result<()> {
        self.end()
    }

    fn end(&self) -> Result<()> {
        // Ended by a text, or by an error.
        if self.connection.is_autocommit() {
            return Ok(());
        }
        match self.drop_behavior {
            DropBehavior::Commit => {
                self.connection.execute_batch("COMMIT").or_else(|_| self.connection.execute_batch("ROLLBACK"))
            }
            DropBehavior::Ignore => Ok(()),
            DropBehavior::Panic if !thread::panicking() => {
                panic!("a transaction was dropped, and is set to panic then")
            }
            _ => self.connection.execute_batch("ROLLBACK"),
        }
    }
}

impl Drop for InstrumentedTransaction<'_> {
    fn drop(&mut self) {
        // Counted, and nobody is there to be told.
        let _ended = self.end();
    }
}

impl<'t> Deref for InstrumentedTransaction<'t> {
    type Target = InstrumentedConnection<'t>;

    fn deref(&self) -> &InstrumentedConnection<'t> {
        self.connection
    }
}

impl fmt::Debug for InstrumentedTransaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedTransaction").field("connection", self.connection).finish_non_exhaustive()
    }
}

/// A savepoint under observation. Made by [`InstrumentedTransaction::savepoint`] and
/// [`InstrumentedConnection::savepoint`](super::InstrumentedConnection::savepoint).
#[must_use = "dropped at once, it rolls back"]
pub struct InstrumentedSavepoint<'t> {
    connection: &'t InstrumentedConnection<'t>,
    name: String,
    drop_behavior: DropBehavior,
    is_released: bool,
}

impl<'t> InstrumentedSavepoint<'t> {
    fn begin(connection: &'t InstrumentedConnection<'t>, name: Option<String>) -> Result<Self> {
        let name = name.map_or_else(|| "_rusqlite_sp".to_owned(), |name| quoted(&name));
        connection.execute_batch(&format!("SAVEPOINT {name}"))?;
        Ok(Self { connection, name, drop_behavior: DropBehavior::Rollback, is_released: false })
    }

    /// Sets a savepoint within this one.
    ///
    /// # Errors
    ///
    /// Those of [`Savepoint::savepoint`](rusqlite::Savepoint::savepoint).
    pub fn savepoint(&mut self) -> Result<InstrumentedSavepoint<'_>> {
        InstrumentedSavepoint::begin(self.connection, None)
    }

    /// Sets a savepoint of this name within this one.
    ///
    /// # Errors
    ///
    /// Those of [`Savepoint::savepoint_with_name`](rusqlite::Savepoint::savepoint_with_name).
    pub fn savepoint_with_name(&mut self, name: impl Into<String>) -> Result<InstrumentedSavepoint<'_>> {
        InstrumentedSavepoint::begin(self.connection, Some(name.into()))
    }

    /// Returns what happens when it is dropped.
    pub fn drop_behavior(&self) -> DropBehavior {
        self.drop_behavior
    }

    /// Sets what happens when it is dropped.
    pub fn set_drop_behavior(&mut self, drop_behavior: DropBehavior) {
        self.drop_behavior = drop_behavior;
    }

    /// Releases it.
    ///
    /// # Errors
    ///
    /// Those of [`Savepoint::commit`](rusqlite::Savepoint::commit).
    pub fn commit(mut self) -> Result<()> {
        self.release()
    }

    /// Rolls back to it. It stays.
    ///
    /// # Errors
    ///
    /// Those of [`Savepoint::rollback`](rusqlite::Savepoint::rollback).
    pub fn rollback(&mut self) -> Result<()> {
        self.connection.execute_batch(&format!("ROLLBACK TO {}", self.name))
    }

    /// Ends it as if it was dropped.
    ///
    /// # Errors
    ///
    /// Those of [`Savepoint::finish`](rusqlite::Savepoint::finish).
    pub fn finish(mut self) -> Result<()> {
        self.end()
    }

    fn release(&mut self) -> Result<()> {
        self.connection.execute_batch(&format!("RELEASE {}", self.name))?;
        self.is_released = true;
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        if self.is_released {
            return Ok(());
        }
        match self.drop_behavior {
            DropBehavior::Commit => self.release().or_else(|_| self.rollback().and_then(|()| self.release())),
            DropBehavior::Ignore => Ok(()),
            DropBehavior::Panic if !thread::panicking() => {
                panic!("a savepoint was dropped, and is set to panic then")
            }
            _ => self.rollback().and_then(|()| self.release()),
        }
    }
}

/// The name as SQLite reads it as one word, whatever is in it.
fn quoted(name: &str) -> String {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if name.chars().all(is_word)
        && !name.starts_with(|letter: char| letter.is_ascii_digit())
        && !name.is_empty()
    {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Drop for InstrumentedSavepoint<'_> {
    fn drop(&mut self) {
        // Counted, and nobody is there to be told.
        let _ended = self.end();
    }
}

impl<'t> Deref for InstrumentedSavepoint<'t> {
    type Target = InstrumentedConnection<'t>;

    fn deref(&self) -> &InstrumentedConnection<'t> {
        self.connection
    }
}

impl fmt::Debug for InstrumentedSavepoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedSavepoint").field("name", &self.name).finish_non_exhaustive()
    }
}
