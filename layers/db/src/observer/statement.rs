//! One statement, from its beginning to its end.

use super::{
    database::Database,
    failure::{ErrorKind, Failure},
    session::Session,
    slow::{self, SlowStatement},
};
use crate::{
    Operation, Vendor,
    models::{self, Change, Table},
    request,
    sql::{self, Control, Head, Upsert},
};
use std::time::Duration;
use tallymark_core::{HistogramHandle, InFlightGuard, Timer};

/// A statement that is being executed. Made by [`Database::statement`].
///
/// It counts the statement once, however it ends: by [`done`](Self::done), by [`failed`](Self::failed), or by being
/// dropped, which is what a cancelled task or a panic does to it and counts as the error `cancelled`. A text of several
/// statements is one here, except where it writes rows of models.
#[derive(Debug)]
#[must_use = "dropped at once, it counts a statement that was cancelled"]
pub struct Statement {
    database: Database,
    operation: Operation,
    /// There until it has ended.
    timer: Option<Timer<HistogramHandle>>,
    _in_flight: InFlightGuard,
    first: Part,
    /// The statements after the first.
    more: Vec<Part>,
    /// How many results have come.
    results: usize,
    /// The text is a transaction of its own.
    transaction: bool,
    /// The text, if somebody wants to see it when it was slow.
    text: Option<Box<str>>,
}

/// What one statement of a text means for what is counted.
#[derive(Clone, Copy, Debug)]
struct Part {
    operation: Operation,
    control: Control,
    upsert: Upsert,
    /// The table, if models' rows are in it.
    table: Option<&'static Table>,
}

impl Part {
    const NOTHING: Self =
        Self { operation: Operation::Other, control: Control::None, upsert: Upsert::No, table: None };

    fn new(head: Head<'_>) -> Self {
        Self {
            operation: head.operation,
            control: head.control,
            upsert: head.upsert,
            table: head.table.and_then(models::find),
        }
    }

    /// Books what the driver told of it.
    fn book(self, session: &mut Session, rows: Option<u64>) {
        session.control(self.control);
        let (Some(table), Some(rows)) = (self.table, rows) else { return };
        match (self.operation, self.upsert) {
            // MySQL tells 1 for a row that was inserted and 2 for one that was there and updated.
            (Operation::Insert, Upsert::Duplicates(Some(listed))) if rows > listed => {
                let updated = (rows - listed).min(listed);
                session.write(table, Change::Update, updated);
                session.write(table, Change::Insert, listed - updated);
            }
            // MySQL tells 1 for a row that was inserted and 2 for one that took another's place.
            (Operation::Replace, Upsert::Replaces(Some(listed))) if rows > listed => {
                session.write(table, Change::Delete, rows - listed);
                session.write(table, Change::Insert, listed);
            }
            (Operation::Insert | Operation::Replace, _) => session.write(table, Change::Insert, rows),
            (Operation::Update, _) => session.write(table, Change::Update, rows),
            (Operation::Delete, _) => session.write(table, Change::Delete, rows),
            (Operation::Merge, Upsert::Merges(Some(only))) => {
                Self { operation: only, upsert: Upsert::No, ..self }.book(session, Some(rows));
            }
            // One number for several things tells nothing.
            _ => {}
        }
    }
}

impl Statement {
    #[inline]
    pub(super) fn begin(database: Database, sql: &str) -> Self {
        let observed = database.observed();
        let (settings, handles) = (&observed.settings, &observed.handles);
        let mut text = sql::Text::new(sql, settings.vendor());
        let first = text.next().map_or(Part::NOTHING, Part::new);
        let mut operation = first.operation;
        let more: Vec<Part> = text.map(Part::new).collect();
        if more.iter().any(|part| part.operation != operation) {
            operation = Operation::Other;
        }
        if !more.is_empty() {
            handles.count_bulk(settings, more.len() as u64 + 1);
        }
        // That a request uses several transactions is no repetition of a query.
        if operation != Operation::Transaction {
            request::statement(database, settings.n_plus_one, sql);
        }
        let counted = handles.operation(settings, operation);
        counted.queries.inc();
        Self {
            database,
            operation,
            _in_flight: handles.in_flight.in_flight(),
            first,
            more,
            results: 0,
            transaction: false,
            text: settings.on_slow.as_ref().map(|_| slow::shown(sql, settings.vendor())),
            timer: Some(counted.duration.start_timer()),
        }
    }

    /// What the statement does.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Whether it writes rows of a model, so that an adapter should find out how many.
    pub fn writes_model(&self) -> bool {
        self.first.table.is_some() || self.more.iter().any(|part| part.table.is_some())
    }

    /// Whether the text holds more than one statement, each with a result of its own.
    pub fn is_bulk(&self) -> bool {
        !self.more.is_empty()
    }

    /// One result of the text has come; a text of several statements has one for each, in their order. Adapters that see
    /// the results call it for each, and [`ended`](Self::ended) at last.
    pub fn result(&mut self, session: &mut Session, rows: u64) {
        if self.results == 0 && self.is_one_transaction() && !session.is_open() {
            session.begin();
            self.transaction = true;
        }
        let part = match self.results.checked_sub(1) {
            None => Some(self.first),
            Some(at) => self.more.get(at).copied(),
        };
        self.results += 1;
        if let Some(part) = part {
            part.book(session, Some(rows));
        }
    }

    /// `PostgreSQL` rolls back a text of several statements as a whole.
    fn is_one_transaction(&self) -> bool {
        self.is_bulk() && self.database.vendor() == Vendor::Postgresql
    }

    /// It has ended well, and what it has written was told by [`result`](Self::result).
    pub fn ended(mut self, session: &mut Session) {
        if self.transaction {
            session.commit();
        }
        self.end();
    }

    /// It has ended well on a connection that is in no transaction, and has written so many rows, if the driver tells.
    /// How many each statement of a text of several has written is not known then.
    #[inline]
    pub fn done(self, rows: Option<u64>) {
        let mut session = Session::new(self.database);
        self.done_in(&mut session, rows);
    }

    /// The same on the connection of a session.
    #[inline]
    pub fn done_in(mut self, session: &mut Session, rows: Option<u64>) {
        if self.is_bulk() {
            for part in std::iter::once(&self.first).chain(&self.more) {
                part.book(session, None);
            }
        } else {
            self.first.book(session, rows);
        }
        self.end();
    }

    /// It has ended well on the connection of a session. For drivers that tell later how many rows it has written.
    pub fn ended_in(mut self, session: &mut Session) -> Written {
        let part = (!self.is_bulk()).then_some(self.first);
        for part in std::iter::once(&self.first).chain(&self.more) {
            part.book(session, None);
        }
        self.end();
        Written(part)
    }

    /// It has ended well, and what it means for the transaction is told by other means.
    #[cfg_attr(
        not(feature = "sqlx"),
        expect(dead_code, reason = "for drivers that begin and commit by themselves")
    )]
    pub(crate) fn done_apart(mut self) {
        self.end();
    }

    /// It has failed on a connection that is in no transaction.
    #[cold]
    pub fn failed(self, failure: impl Into<Failure>) {
        let mut session = Session::new(self.database);
        self.failed_in(&mut session, failure);
    }

    /// The same on the connection of a session.
    #[cold]
    pub fn failed_in(mut self, session: &mut Session, failure: impl Into<Failure>) {
        let failure = failure.into();
        if self.transaction {
            session.rollback();
        }
        session.failed(failure);
        self.database.count_error(failure);
        self.end();
    }

    #[inline]
    fn end(&mut self) {
        let Some(timer) = self.timer.take() else { return };
        let elapsed = timer.stop();
        if elapsed > self.database.observed().settings.slow_threshold {
            self.slow(elapsed);
        }
    }

    #[cold]
    fn slow(&self, elapsed: Duration) {
        let observed = self.database.observed();
        observed.handles.slow.inc();
        if let (Some(call), Some(sql)) = (&observed.settings.on_slow, &self.text) {
            call.call(&SlowStatement { db: self.database.name(), operation: self.operation, elapsed, sql });
        }
    }
}

/// What a statement that has ended has written, for when the driver tells how many rows. Made by
/// [`Statement::ended_in`].
#[derive(Clone, Copy, Debug)]
#[must_use = "without the number of rows nothing is counted"]
pub struct Written(Option<Part>);

impl Written {
    /// It has written so many rows. Of a text of several statements it is not known which has written them.
    pub fn rows(self, session: &mut Session, rows: u64) {
        if let Some(part) = self.0.filter(|part| part.table.is_some()) {
            part.book(session, Some(rows));
        }
    }
}

impl Drop for Statement {
    #[inline]
    fn drop(&mut self) {
        if self.timer.is_some() {
            self.database.count_error(ErrorKind::Cancelled.into());
            self.end();
        }
    }
}
