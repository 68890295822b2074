//! A connection, and the session that its statements belong to.

use super::error::failure;
use rusqlite::{Batch, Connection, Result, fallible_iterator::FallibleIterator as _};
use std::cell::{RefCell, RefMut};
use tallymark_db::{Database, Session, Statement, TransactionStatus, Vendor};

/// The connection: one's own, or one that goes on elsewhere.
enum Link<'c> {
    Own(Connection),
    Borrowed(&'c Connection),
}

/// A connection of rusqlite, and what is known of its transaction.
pub(super) struct Observation<'c> {
    session: RefCell<Session>,
    link: Link<'c>,
}

impl Observation<'static> {
    pub(super) fn own(connection: Connection, database: Database) -> Self {
        Self::new(Link::Own(connection), database)
    }
}

impl<'c> Observation<'c> {
    pub(super) fn borrowed(connection: &'c Connection, database: Database) -> Self {
        Self::new(Link::Borrowed(connection), database)
    }

    fn new(link: Link<'c>, database: Database) -> Self {
        database.set_vendor_if_unset(Vendor::Sqlite);
        let this = Self { session: RefCell::new(Session::new(database)), link };
        this.observe_status();
        this
    }

    pub(super) fn raw(&self) -> &Connection {
        match &self.link {
            Link::Own(connection) => connection,
            Link::Borrowed(connection) => connection,
        }
    }

    /// The session, for less time than any code of the application's runs.
    fn session(&self) -> RefMut<'_, Session> {
        self.session.borrow_mut()
    }

    pub(super) fn database(&self) -> Database {
        self.session.borrow().database()
    }

    /// SQLite shows whether a transaction is open, whatever the text was.
    fn observe_status(&self) {
        let status =
            if self.raw().is_autocommit() { TransactionStatus::Idle } else { TransactionStatus::Open };
        self.session().observe_status(status);
    }

    pub(super) fn begin(&self, sql: &str) -> Statement {
        self.database().statement(sql)
    }

    /// Counts a statement that SQLite has executed to its end.
    pub(super) fn finish(&self, statement: Statement) {
        // Of the statement that has ended last, which this is. Those that write nothing leave it as it was, and are not asked.
        let rows = self.raw().changes();
        statement.finish_in(&mut self.session(), Some(rows));
        self.observe_status();
    }

    /// Counts a statement by its result.
    pub(super) fn settle<T>(&self, statement: Statement, result: Result<T>) -> Result<T> {
        match result.as_ref().err().and_then(failure) {
            None => self.finish(statement),
            Some(failure) => {
                statement.fail_in(&mut self.session(), failure);
                self.observe_status();
            }
        }
        result
    }

    /// Returns what could be prepared. What could not is counted as a statement that has failed.
    pub(super) fn prepared<T>(&self, sql: &str, result: Result<T>) -> Result<T> {
        match result {
            Ok(prepared) => Ok(prepared),
            Err(error) => self.settle(self.begin(sql), Err(error)),
        }
    }

    /// Executes all statements of a text.
    pub(super) fn execute_batch(&self, sql: &str) -> Result<()> {
        let mut statement = self.begin(sql);
        if !statement.is_bulk() {
            return self.settle(statement, self.raw().execute_batch(sql));
        }
        statement.follow(&mut self.session());
        let result = self.execute_each(sql, &mut statement);
        match result.as_ref().err().and_then(failure) {
            None => statement.finish_streamed(&mut self.session()),
            Some(failure) => statement.fail_in(&mut self.session(), failure),
        }
        self.observe_status();
        result
    }

    /// As rusqlite does it, one statement after the other, each as far as its first row.
    fn execute_each(&self, sql: &str, statement: &mut Statement) -> Result<()> {
        let mut batch = Batch::new(self.raw(), sql);
        while let Some(mut next) = batch.next()? {
            next.raw_query().next()?;
            drop(next);
            statement.record_result(&mut self.session(), self.raw().changes());
        }
        Ok(())
    }
}

impl Drop for Observation<'_> {
    fn drop(&mut self) {
        // One's own is closed, which rolls back. Another goes on where it is not observed.
        if matches!(self.link, Link::Borrowed(_)) {
            self.session.get_mut().abandon();
        }
    }
}
