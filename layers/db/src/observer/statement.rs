//! One statement, from its beginning to its end.

use super::{
    database::Database,
    part::Part,
    session::Session,
    slow::{KeptText, SlowStatement},
    uncounted::Uncounted,
};
use crate::{ErrorKind, Failure, SqlOperation, Vendor, request, sql};
use std::{iter, time::Duration};
use tallymark_core::{HistogramHandle, InFlightGuard, Timer};

/// A statement that is being executed. Made by [`Database::statement`].
///
/// It counts the statement once, however it ends: by [`finish`](Self::finish), by [`fail`](Self::fail), or by being
/// dropped, which is what a cancelled task or a panic does to it and counts as the error `cancelled`. A text of several
/// statements is one here, except where it writes rows of models.
#[derive(Debug)]
#[must_use = "dropped at once, it counts a statement that was cancelled"]
pub struct Statement {
    database: Database,
    operation: SqlOperation,
    /// There until it has ended.
    timer: Option<Timer<HistogramHandle>>,
    _in_flight: InFlightGuard,
    first: Part,
    /// The statements after the first.
    more: Vec<Part>,
    results: Results,
    /// The text, if somebody wants to see it when it was slow.
    text: Option<KeptText>,
}

/// The results of a text of several statements.
#[derive(Debug, Default)]
struct Results {
    /// The adapter reports them as they come.
    is_followed: bool,
    /// How many statements are known to have been executed.
    executed: usize,
    /// The results from the first statement on that may have any number of them.
    from_many: Vec<u64>,
}

impl Database {
    /// Begins a statement. The guard counts it, however it ends.
    ///
    /// Call it in the task that asked for the statement: what a request executes is told apart by the
    /// [`RequestScope`](crate::RequestScope) around the call.
    #[inline]
    pub fn statement(self, sql: &str) -> Statement {
        Statement::begin(self, sql)
    }
}

impl Statement {
    #[inline]
    fn begin(database: Database, sql: &str) -> Self {
        let observed = database.observed();
        let (settings, handles) = (&observed.settings, &observed.handles);
        let mut text = sql::Text::new(sql, settings.vendor());
        // The rest of the text need not be read for anything else.
        let is_in_request = request::is_entered();
        if is_in_request {
            text.take_fingerprint();
        }
        let home = settings.home();
        let first = text.next().map_or(Part::NOTHING, |head| Part::new(head, home));
        let mut operation = first.operation;
        let more: Vec<Part> = text.by_ref().map(|head| Part::new(head, home)).collect();
        if more.iter().any(|part| part.operation != operation) {
            operation = SqlOperation::Other;
        }
        if !more.is_empty() {
            handles.count_bulk(settings, more.len() as u64 + 1);
        }
        // That a request uses several transactions is no repetition of a query.
        if is_in_request && operation != SqlOperation::Transaction {
            request::statement(database, settings.n_plus_one, text.fingerprint());
        }
        let counted = handles.operation(settings, operation);
        counted.queries.inc();
        Self {
            database,
            operation,
            _in_flight: handles.in_flight.in_flight(),
            first,
            more,
            results: Results::default(),
            text: settings.on_slow.as_ref().map(|_| KeptText::new(sql)),
            timer: Some(counted.duration.start_timer()),
        }
    }

    fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        iter::once(&self.first).chain(&self.more).copied()
    }

    /// Returns what the statement does.
    pub fn operation(&self) -> SqlOperation {
        self.operation
    }

    /// Whether it writes rows of a model, so that an adapter should find out how many.
    pub fn writes_model(&self) -> bool {
        self.parts().any(Part::writes_model)
    }

    /// Whether it has a `RETURNING` clause, so that it writes as many rows as come back. MariaDB reports no other number.
    pub fn returns_rows(&self) -> bool {
        self.first.returns_rows
    }

    /// Whether the text holds more than one statement, each with a result of its own.
    pub fn is_bulk(&self) -> bool {
        !self.more.is_empty()
    }

    /// Has the results of a text of several statements reported by [`record_result`](Self::record_result) as they come.
    pub fn follow(&mut self, session: &mut Session) {
        if self.is_bulk() && !self.results.is_followed {
            self.results.is_followed = true;
            session.transaction.begin_text();
        }
    }

    /// Takes one result of the text; a text of several statements has one for each, in their order. Adapters that see
    /// the results call it for each, after [`follow`](Self::follow), and [`finish_streamed`](Self::finish_streamed) at last.
    pub fn record_result(&mut self, session: &mut Session, rows: u64) {
        self.follow(session);
        let part = self.parts().nth(self.results.executed);
        match part {
            // Which results are whose is known when all have come.
            Some(part) if part.has_many_results => self.results.from_many.push(rows),
            Some(part) => {
                self.results.executed += 1;
                part.succeed(session, Some(rows));
            }
            None => {}
        }
    }

    /// Ends a statement whose results were reported by [`record_result`](Self::record_result).
    pub fn finish_streamed(mut self, session: &mut Session) {
        self.follow(session);
        let rest: Vec<Part> = self.parts().skip(self.results.executed).collect();
        let after = rest.len().saturating_sub(1);
        // Those of the last statements are the last, if only the first of these may have any number of them.
        let is_known = !rest.iter().skip(1).any(|part| part.has_many_results);
        let from = self.results.from_many.len().checked_sub(after).filter(|_| is_known);
        for (at, part) in rest.iter().enumerate() {
            let result =
                from.zip(at.checked_sub(1)).and_then(|(from, at)| self.results.from_many.get(from + at));
            part.succeed(session, result.copied());
        }
        if self.is_bulk() {
            session.transaction.commit_text();
        }
        self.end();
    }

    /// Ends it well on a connection that is in no transaction, after it has written so many rows, if the driver reports
    /// that. How many each statement of a text of several has written is not known then.
    #[inline]
    pub fn finish(self, rows: Option<u64>) {
        let mut session = Session::new(self.database);
        self.finish_in(&mut session, rows);
    }

    /// Ends it well on the connection of a session, after it has written so many rows, if the driver reports that.
    #[inline]
    pub fn finish_in(mut self, session: &mut Session, rows: Option<u64>) {
        if self.is_bulk() {
            self.finish_parts(session);
        } else {
            self.first.succeed(session, rows);
        }
        self.end();
    }

    /// Ends it well on the connection of a session. For drivers that report later how many rows it has written.
    pub fn finish_pending(mut self, session: &mut Session) -> PendingRows {
        let pending = if self.is_bulk() {
            self.finish_parts(session);
            None
        } else {
            session.transaction.succeed(self.first.effect);
            Some(self.first)
        };
        self.end();
        PendingRows(pending)
    }

    /// All statements of a text were executed.
    fn finish_parts(&self, session: &mut Session) {
        session.transaction.begin_text();
        for part in self.parts() {
            part.succeed(session, None);
        }
        session.transaction.commit_text();
    }

    /// Ends it well. What it means for the transaction is reported by [`Session::begin`], [`commit`](Session::commit) and
    /// [`rollback`](Session::rollback): for drivers that begin and end transactions by themselves.
    pub fn finish_apart(mut self) {
        self.end();
    }

    /// Ends it with an error, on a connection that is in no transaction.
    #[cold]
    pub fn fail(self, failure: impl Into<Failure>) {
        let mut session = Session::new(self.database);
        self.fail_in(&mut session, failure);
    }

    /// Ends it with an error, on the connection of a session.
    #[cold]
    pub fn fail_in(mut self, session: &mut Session, failure: impl Into<Failure>) {
        let failure = failure.into();
        if !self.is_bulk() {
            self.first.fail(session, failure);
        } else if self.results.is_followed && self.results.from_many.is_empty() {
            if let Some(part) = self.parts().nth(self.results.executed) {
                part.fail(session, failure);
            }
            session.transaction.rollback_text();
        } else if self.is_one_transaction() {
            session.transaction.begin_text();
            self.first.fail(session, failure);
            session.transaction.rollback_text();
        } else {
            // Some of the statements were executed, and nobody knows which.
            self.interrupt_parts(session);
        }
        self.database.count_error(failure);
        self.end();
    }

    /// Ends it because it was cancelled, or nobody wants the rest of its results, on the connection of a session. Dropping
    /// it does the same where no session knows of it.
    #[cold]
    pub fn cancel_in(mut self, session: &mut Session) {
        self.interrupt_parts(session);
        self.database.count_error(ErrorKind::Cancelled.into());
        self.end();
    }

    /// Ends it well on the connection of a session, though not all of its results have come. The database may still be
    /// executing it.
    pub fn finish_early(mut self, session: &mut Session) {
        self.interrupt_parts(session);
        self.end();
    }

    fn interrupt_parts(&self, session: &mut Session) {
        for part in self.parts().skip(self.results.executed) {
            part.interrupt(session);
        }
        if self.is_bulk() {
            session.transaction.lose_text();
        }
    }

    /// Whether the text fails as a whole: on `PostgreSQL`, if none of its statements begins or ends a transaction.
    fn is_one_transaction(&self) -> bool {
        self.database.vendor() == Vendor::Postgresql && self.parts().all(|part| !part.effect.is_control())
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
        if let (Some(call), Some(text)) = (&observed.settings.on_slow, &self.text) {
            let sql = &*text.shown(observed.settings.vendor());
            call.call(&SlowStatement { db: self.database.name(), operation: self.operation, elapsed, sql });
        }
    }
}

/// What a statement that has ended has written, for when the driver reports how many rows. Made by
/// [`Statement::finish_pending`].
#[derive(Clone, Copy, Debug)]
#[must_use = "without the number of rows nothing is counted"]
pub struct PendingRows(Option<Part>);

impl PendingRows {
    /// Counts so many rows, or `None` if nobody reports how many. Of a text of several statements it is not known which has
    /// written them.
    pub fn record(self, session: &mut Session, rows: Option<u64>) {
        if let Some(part) = self.0 {
            part.write(session, rows);
        }
    }

    /// Takes note that the statement has failed after all: for drivers that report its end before they read its rows.
    pub fn fail(self, session: &mut Session, failure: impl Into<Failure>) {
        if let Some(part) = self.0 {
            part.fail(session, failure.into());
        }
    }
}

impl Drop for Statement {
    #[inline]
    fn drop(&mut self) {
        if self.timer.is_some() {
            if self.parts().any(Part::may_write) {
                self.database.count_uncounted(Uncounted::Interrupted, 1);
            }
            self.database.count_error(ErrorKind::Cancelled.into());
            self.end();
        }
    }
}
