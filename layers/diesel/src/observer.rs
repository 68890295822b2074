//! What Diesel calls.

use super::{failure, sql::Sql};
use tallymark_db::{Database, ErrorKind, Operation, Session, Statement, Written};
use ::diesel::connection::{Instrumentation, InstrumentationEvent};
use std::fmt;

/// Counts the statements of one connection, and its rows of models. See the [module](super).
pub struct DieselObserver {
    database: Database,
    session: Session,
    /// What is being executed.
    statement: Option<Statement>,
    /// What was executed last, for [`CountedDsl`](super::CountedDsl) to say how many rows it has written.
    written: Option<Written>,
    sql: Sql,
    connecting: bool,
    /// Statements that the connection keeps prepared.
    prepared: i64,
    next: Option<Box<dyn Instrumentation>>,
}

impl DieselObserver {
    /// Counts for a database.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            session: Session::new(database),
            statement: None,
            written: None,
            sql: Sql::default(),
            connecting: false,
            prepared: 0,
            next: None,
        }
    }

    /// Hands every event on to another instrumentation, after it was counted.
    #[must_use]
    pub fn then(mut self, next: impl Instrumentation) -> Self {
        self.next = Some(Box::new(next));
        self
    }

    /// The last statement has written so many rows.
    pub(super) fn rows(&mut self, rows: usize) {
        if let Some(written) = self.written.take() {
            written.rows(&mut self.session, rows as u64);
        }
    }

    fn started(&mut self, query: &dyn ::diesel::connection::DebugQuery) {
        // One that has not ended never will: its future was dropped, or Diesel lost it on the way.
        drop(self.statement.take());
        let statement = self.database.statement(self.sql.read(query));
        // Rows in which SQLite is to fill in defaults are written one by one, in a transaction of Diesel's own. Its end
        // comes before their number is told, and must not make us forget what they were written by.
        if statement.operation() != Operation::Transaction {
            self.written = None;
        }
        self.statement = Some(statement);
    }

    fn finished(&mut self, error: Option<&::diesel::result::Error>) {
        let Some(statement) = self.statement.take() else { return };
        match error {
            // Not what the database says, but what an application asked of it: exactly one row.
            None | Some(::diesel::result::Error::NotFound) => {
                let is_control = statement.operation() == Operation::Transaction;
                let written = statement.ended_in(&mut self.session);
                if !is_control {
                    self.written = Some(written);
                }
            }
            Some(error) => {
                self.written = None;
                statement.failed_in(&mut self.session, failure::of_statement(error));
            }
        }
    }
}

impl Instrumentation for DieselObserver {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match &event {
            InstrumentationEvent::StartEstablishConnection { .. } => self.connecting = true,
            InstrumentationEvent::FinishEstablishConnection { error, .. } => {
                self.connecting = false;
                match error {
                    None => self.database.connection_opened(),
                    Some(error) => self.database.connection_failed(failure::of_connection(error)),
                }
            }
            // Comes before a statement is prepared that will be kept, which is once for each connection.
            InstrumentationEvent::CacheQuery { .. } => {
                let cache = self.database.statement_cache();
                cache.miss();
                cache.entries(1);
                self.prepared += 1;
            }
            InstrumentationEvent::StartQuery { query, .. } => self.started(*query),
            InstrumentationEvent::FinishQuery { error, .. } => self.finished(*error),
            // Transactions are told by their statements, which come with these events.
            _ => {}
        }
        if let Some(next) = &mut self.next {
            next.on_connection_event(event);
        }
    }
}

impl Drop for DieselObserver {
    fn drop(&mut self) {
        if self.connecting {
            self.database.connection_failed(ErrorKind::Connection);
        }
        if self.prepared > 0 {
            self.database.statement_cache().entries(-self.prepared);
        }
    }
}

impl fmt::Debug for DieselObserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DieselObserver").field("database", &self.database).finish_non_exhaustive()
    }
}
