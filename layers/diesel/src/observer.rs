//! What Diesel calls.

use super::{error, sql::Sql};
use diesel::connection::{DebugQuery, Instrumentation, InstrumentationEvent};
use std::fmt;
use tallymark_db::{Database, ErrorKind, PendingRows, Session, SqlOperation, Statement, Vendor};

/// Counts the statements of one connection, and its rows of models. See the [crate].
pub struct DieselObserver {
    database: Database,
    session: Session,
    /// What is being executed.
    statement: Option<Statement>,
    /// What was executed last, for [`CountedDsl`](super::CountedDsl) to say how many rows it has written.
    pending: Option<PendingRows>,
    /// Somebody will say how many rows the statements write that are executed now.
    is_counting: bool,
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
            pending: None,
            is_counting: false,
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

    /// A method begins that will say how many rows are written.
    pub(super) fn begin_counted(&mut self) {
        self.settle();
        self.is_counting = true;
    }

    /// The statements since [`begin_counted`](Self::begin_counted) have written so many rows, or have failed.
    pub(super) fn finish_counted(&mut self, rows: Result<u64, &diesel::result::Error>) {
        self.is_counting = false;
        let Some(pending) = self.pending.take() else { return };
        match rows {
            Ok(rows) => pending.record(&mut self.session, Some(rows)),
            // A statement that gives rows back has ended for Diesel when it has begun to, and may fail as they are read.
            Err(error @ diesel::result::Error::DatabaseError(..)) => {
                pending.fail(&mut self.session, error::of_statement(error));
            }
            // It was executed, and what came back was not understood.
            Err(_) => pending.record(&mut self.session, None),
        }
    }

    /// The method that began has been given up.
    pub(super) fn abandon_counted(&mut self) {
        self.is_counting = false;
        self.cancel();
        self.settle();
    }

    /// A statement that has not ended never will: its future was dropped, or Diesel lost it on the way.
    fn cancel(&mut self) {
        let Some(statement) = self.statement.take() else { return };
        statement.cancel_in(&mut self.session);
        // What diesel-async reports for the next may be what the server has said about this one.
        if self.database.vendor() == Vendor::Mysql {
            self.session.lose_track();
        }
    }

    /// Nobody will say how many rows the last statement has written.
    fn settle(&mut self) {
        if let Some(pending) = self.pending.take() {
            pending.record(&mut self.session, None);
        }
    }

    fn start(&mut self, query: &dyn DebugQuery) {
        self.cancel();
        if !self.is_counting {
            self.settle();
        }
        let statement = self.database.statement(self.sql.read(query));
        // Rows in which SQLite is to fill in defaults are written one by one, in a transaction of Diesel's own. Its end
        // comes before their number is reported, and must not make us forget what they were written by.
        if statement.operation() != SqlOperation::Transaction {
            self.pending = None;
        }
        self.statement = Some(statement);
    }

    fn finish(&mut self, error: Option<&diesel::result::Error>) {
        let Some(statement) = self.statement.take() else { return };
        match error {
            // Not what the database says, but what an application asked of it: exactly one row.
            None | Some(diesel::result::Error::NotFound) => {
                let is_control = statement.operation() == SqlOperation::Transaction;
                let pending = statement.finish_pending(&mut self.session);
                if !is_control {
                    self.pending = Some(pending);
                }
            }
            Some(error) => {
                self.pending = None;
                statement.fail_in(&mut self.session, error::of_statement(error));
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
                    Some(error) => self.database.connection_failed(error::of_connection(error)),
                }
            }
            // Comes before a statement is prepared that will be kept, which is once for each connection.
            InstrumentationEvent::CacheQuery { .. } => {
                let cache = self.database.statement_cache();
                cache.miss();
                cache.entries(1);
                self.prepared += 1;
            }
            InstrumentationEvent::StartQuery { query, .. } => self.start(*query),
            InstrumentationEvent::FinishQuery { error, .. } => self.finish(*error),
            // Transactions are known by their statements, which come with these events.
            _ => {}
        }
        if let Some(next) = &mut self.next {
            next.on_connection_event(event);
        }
    }
}

impl Drop for DieselObserver {
    fn drop(&mut self) {
        if let Some(statement) = self.statement.take() {
            statement.cancel_in(&mut self.session);
        }
        self.settle();
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
