//! What a connection is in the middle of, and what becomes of what it writes.
//!
//! [`Effect`] is what the words of a statement say; here is what that means for a connection, by vendor:
//!
//! | statement | `PostgreSQL` | `MySQL` | `SQLite` |
//! |---|---|---|---|
//! | `BEGIN` in a transaction | a warning | commits first | an error |
//! | `SAVEPOINT` outside of one | an error | does nothing | begins one, which its release commits |
//! | `SAVEPOINT` of a name that is there | hides the other | replaces it | hides the other |
//! | `COMMIT` after an error | rolls back | commits | commits |
//! | DDL | is part of it | commits first | is part of it |
//! | a text of several statements | is one, unless it says otherwise | is several | is several |
//!
//! For a statement that fails, see [`Refusal`].
//!
//! Where a driver shows the state of a connection, that is the judge: [`Transaction::observe`]. Where it does not, and a
//! statement may have ended the transaction, a [`Doubt`] is noted, which a later statement may resolve. What is in doubt to
//! the end is not counted as rows, but as uncounted.

use super::{
    database::Database,
    entries::{Doubt, Entries, Fate, MarkKind, Written, count},
    refusal::Refusal,
    uncounted::Uncounted,
};
use crate::{
    ErrorKind, Failure, Vendor,
    failure::Reached,
    sql::{Effect, OnConflict},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Each statement is a transaction of its own.
    Idle,
    /// A transaction was begun.
    Open,
    /// One that `PostgreSQL` has begun for a text of several statements, and ends with it.
    Text,
    /// One that `SQLite` has begun for a savepoint, and commits when that is released.
    Savepoint,
}

/// What a driver ends.
enum Level {
    /// The transaction.
    Outermost,
    /// A savepoint, of which this is the mark.
    Nested(usize),
    /// A savepoint that is no longer there.
    Gone,
}

/// What a driver shows of the transaction of its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransactionStatus {
    /// None is open.
    Idle,
    /// One is open.
    Open,
    /// One is open that can only be rolled back.
    Aborted,
}

/// The transaction of one connection.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they hold in any combination")]
pub(super) struct Transaction {
    database: Database,
    state: State,
    /// `PostgreSQL` takes nothing but a rollback from here on.
    aborted: bool,
    /// `MySQL` was told to make no statement a transaction of its own.
    manual: bool,
    /// It may have been told so.
    may_be_manual: bool,
    /// `LOCK TABLES` holds.
    locked: bool,
    /// A text of several statements is being executed that is one transaction.
    in_text: bool,
    /// How many savepoints the driver believes to have set.
    levels: u32,
    /// What the driver does is no longer known.
    lost: bool,
    entries: Entries,
}

impl Transaction {
    pub(super) fn new(database: Database) -> Self {
        Self {
            database,
            state: State::Idle,
            aborted: false,
            manual: false,
            may_be_manual: false,
            locked: false,
            in_text: false,
            levels: 0,
            lost: false,
            entries: Entries::default(),
        }
    }

    pub(super) fn database(&self) -> Database {
        self.database
    }

    pub(super) fn is_open(&self) -> bool {
        self.state != State::Idle
    }

    fn vendor(&self) -> Vendor {
        self.database.vendor()
    }

    /// Takes what a statement has written, which counts at once outside of a transaction.
    pub(super) fn write(&mut self, written: Written) {
        if self.lost {
            count(self.database, Written::Uncounted(Uncounted::Transaction));
            return;
        }
        self.begin_by_statement();
        if self.is_open() {
            self.entries.add(written);
        } else {
            count(self.database, written);
        }
    }

    /// A statement begins a transaction where `MySQL` makes none of each.
    fn begin_by_statement(&mut self) {
        if !self.is_open() && (self.manual || self.may_be_manual) {
            self.state = State::Open;
            if !self.manual {
                self.doubt(Doubt { committed: true, undone: true });
            }
        }
    }

    // What a text does.

    /// A text of several statements begins, which `PostgreSQL` executes in one transaction.
    pub(super) fn begin_text(&mut self) {
        if self.vendor() == Vendor::Postgresql {
            self.in_text = true;
            if !self.is_open() {
                self.state = State::Text;
            }
        }
    }

    /// The text has ended well.
    pub(super) fn commit_text(&mut self) {
        self.in_text = false;
        if self.state == State::Text {
            self.commit_all();
        }
    }

    /// The text has failed: what was not committed within it is rolled back.
    pub(super) fn rollback_text(&mut self) {
        self.in_text = false;
        if self.state == State::Text {
            self.rollback_all();
        }
    }

    /// How far the text has come is not known.
    pub(super) fn lose_text(&mut self) {
        self.in_text = false;
        if self.state == State::Text {
            self.end(|_| Fate::Unknown);
        }
    }

    /// A statement was executed.
    pub(super) fn succeed(&mut self, effect: Effect) {
        // PostgreSQL executes nothing else in a transaction that it has aborted.
        if self.vendor() == Vendor::Postgresql
            && !matches!(effect, Effect::Commit { .. } | Effect::Rollback { .. } | Effect::RollbackTo(_))
        {
            self.entries.resolve(|doubt| !doubt.committed);
        }
        self.find_open(effect);
        match effect {
            Effect::None => {}
            Effect::Begin => self.begin_by_text(),
            Effect::Commit { chain } => {
                self.commit_all();
                self.next(chain);
            }
            Effect::Rollback { chain } => {
                self.rollback_all();
                self.next(chain);
            }
            Effect::Savepoint(name) => self.savepoint(MarkKind::Savepoint(name)),
            Effect::Release(name) => {
                if let Some(mark) = self.entries.find(MarkKind::Savepoint(name)) {
                    self.release(mark);
                }
            }
            Effect::RollbackTo(name) => {
                self.aborted = false;
                match self.entries.find(MarkKind::Savepoint(name)) {
                    Some(mark) => self.entries.undo(mark),
                    // It is there all the same, wherever it was set.
                    None => self.entries.blur_all(),
                }
            }
            Effect::Detach => self.end(|_| Fate::Unknown),
            Effect::ImplicitCommit => self.commit_all(),
            Effect::LockTables => {
                self.commit_all();
                self.locked = true;
            }
            Effect::UnlockTables => {
                if std::mem::take(&mut self.locked) {
                    self.commit_all();
                }
            }
            Effect::Autocommit(Some(on)) => {
                if on && std::mem::replace(&mut self.manual, !on) {
                    self.commit_all();
                } else if on && self.may_be_manual {
                    self.doubt(Doubt { committed: true, undone: false });
                }
                self.manual = !on;
                self.may_be_manual = false;
            }
            Effect::Autocommit(None) => {
                self.doubt(Doubt { committed: true, undone: true });
                self.forget_manual();
            }
            Effect::Opaque => self.doubt(Doubt { committed: true, undone: true }),
        }
    }

    /// `PostgreSQL` executes these nowhere but in a transaction: one is open, also if a commit or a rollback has failed
    /// before. A driver may report the error of an earlier statement as theirs, and send nothing.
    fn find_open(&mut self, effect: Effect) {
        let shows_open = matches!(effect, Effect::Savepoint(_) | Effect::Release(_) | Effect::RollbackTo(_));
        if shows_open && self.vendor() == Vendor::Postgresql && !self.is_open() {
            self.state = State::Open;
        }
    }

    fn begin_by_text(&mut self) {
        self.locked = false;
        match (self.vendor(), self.state) {
            (Vendor::Postgresql | Vendor::Other, State::Open | State::Savepoint) => {}
            (Vendor::Mysql, _) => {
                self.commit_all();
                self.state = State::Open;
            }
            // It would have been an error.
            (Vendor::Sqlite, State::Open | State::Savepoint) => {
                self.end_outside();
                self.state = State::Open;
            }
            _ => self.state = State::Open,
        }
    }

    /// What comes after the end of a transaction.
    fn next(&mut self, chain: bool) {
        if chain {
            self.state = State::Open;
        } else if self.in_text {
            self.state = State::Text;
        }
    }

    fn savepoint(&mut self, kind: MarkKind) {
        match self.vendor() {
            Vendor::Mysql => {
                self.begin_by_statement();
                // Under autocommit it is gone when the statement ends.
                if !self.is_open() {
                    return;
                }
                if let Some(mark) = self.entries.find(kind) {
                    self.entries.remove(mark);
                }
            }
            Vendor::Postgresql => {}
            Vendor::Sqlite | Vendor::Other => {
                if !self.is_open() {
                    self.state = State::Savepoint;
                }
            }
        }
        self.entries.mark(kind);
    }

    fn release(&mut self, mark: usize) {
        let is_outermost = self.entries.marks().iter().position(|mark| mark.doubt().is_none()) == Some(mark);
        self.entries.release(mark);
        if self.state == State::Savepoint && is_outermost {
            self.commit_all();
        }
    }

    /// Whether `MySQL` makes each statement a transaction is not known any more.
    fn forget_manual(&mut self) {
        self.manual = false;
        self.may_be_manual = true;
    }

    // What an adapter does.

    /// The driver has begun a transaction, or set a savepoint in the open one.
    pub(super) fn begin(&mut self) {
        if self.is_open() {
            self.nest();
        } else {
            self.state = State::Open;
        }
    }

    /// The driver has set a savepoint, in what it takes for a transaction.
    pub(super) fn nest(&mut self) {
        self.levels += 1;
        self.savepoint(MarkKind::Nested(self.levels));
    }

    /// The driver has committed the transaction, or given up the savepoint that [`begin`](Self::begin) set last.
    pub(super) fn commit(&mut self) {
        match self.end_level() {
            Level::Outermost => self.commit_all(),
            Level::Nested(mark) => self.release(mark),
            // It cannot have been given up.
            Level::Gone => self.doubt(Doubt { committed: true, undone: true }),
        }
    }

    /// The driver has rolled the transaction back, or to the savepoint that [`begin`](Self::begin) set last.
    pub(super) fn rollback(&mut self) {
        match self.end_level() {
            Level::Outermost => self.rollback_all(),
            // What may have been committed since is not undone then. Whether it was, nobody sees where a driver rolls back
            // by itself.
            Level::Nested(mark) if self.may_be_committed_since(mark) => self.lose_track(),
            Level::Nested(mark) => {
                self.aborted = false;
                // The savepoint stays where it was, and a later one of the same name hides it.
                self.entries.undo(mark);
            }
            // A text has ended the transaction, or gone back beyond it. The driver sends its statement all the same, and
            // nobody looks at the error.
            Level::Gone => match self.vendor() {
                Vendor::Postgresql => self.aborted = self.is_open(),
                // sqlx takes the savepoint for one that is still there on SQLite, and means others than we from here on; for
                // MySQL it takes the error for one of the next statement, which it does not send then.
                Vendor::Mysql | Vendor::Sqlite | Vendor::Other => self.lose_track(),
            },
        }
    }

    /// The driver has not ended what [`begin`](Self::begin) began last, and goes on outside of it.
    pub(super) fn leave(&mut self) {
        self.levels = self.levels.saturating_sub(1);
    }

    fn may_be_committed_since(&self, mark: usize) -> bool {
        self.entries.marks().iter().skip(mark).any(|mark| mark.doubt().is_some_and(|doubt| doubt.committed))
    }

    /// What the driver will send is not known any more.
    pub(super) fn lose_track(&mut self) {
        self.end(|_| Fate::Unknown);
        self.lost = true;
    }

    fn end_level(&mut self) -> Level {
        let Some(outer) = self.levels.checked_sub(1) else { return Level::Outermost };
        let mark = self.entries.find(MarkKind::Nested(self.levels));
        self.levels = outer;
        mark.map_or(Level::Gone, Level::Nested)
    }

    /// The connection goes on elsewhere, where what is open may be committed.
    pub(super) fn abandon(&mut self) {
        self.end(|_| Fate::Unknown);
        self.manual = false;
        self.may_be_manual = false;
    }

    /// The connection was closed, or reset.
    pub(super) fn reset(&mut self) {
        self.undo_all();
        *self = Self::new(self.database);
    }

    /// The driver shows what the connection is in the middle of.
    pub(super) fn observe(&mut self, status: TransactionStatus) {
        match status {
            TransactionStatus::Idle if self.is_open() => self.end_elsewhere(),
            TransactionStatus::Idle => {}
            TransactionStatus::Open | TransactionStatus::Aborted => {
                if !self.is_open() {
                    self.state = State::Open;
                }
                self.aborted = status == TransactionStatus::Aborted;
                // What may do anything may have begun another.
                self.entries.resolve(|doubt| !(doubt.committed && doubt.undone));
            }
        }
    }

    // How a statement fails.

    /// A statement has failed.
    pub(super) fn fail(&mut self, effect: Effect, conflict: OnConflict, failure: Failure) {
        match failure.reached() {
            Reached::Driver => {}
            Reached::Unknown if failure.kind() == ErrorKind::Connection => self.lose(effect),
            Reached::Unknown => self.interrupt(effect),
            Reached::Database => self.refuse(effect, conflict, failure),
        }
    }

    fn refuse(&mut self, effect: Effect, conflict: OnConflict, failure: Failure) {
        match Refusal::of(self.vendor(), effect, conflict, failure) {
            Refusal::Nothing => {}
            Refusal::Aborts => self.aborted = self.is_open(),
            Refusal::RollsBack => self.rollback_all(),
            Refusal::MayEnd => self.may_end(),
            Refusal::Outside => self.end_outside(),
            Refusal::Doubt(doubt) => self.doubt(doubt),
        }
    }

    /// A statement was cancelled: whether the database has executed it is not known.
    pub(super) fn interrupt(&mut self, effect: Effect) {
        match effect {
            Effect::Commit { .. } => self.may_end(),
            Effect::Begin => {
                if !self.is_open() {
                    self.state = State::Open;
                }
                self.doubt(Doubt { committed: true, undone: true });
            }
            Effect::Autocommit(on) => {
                self.doubt(Doubt { committed: true, undone: true });
                if on != Some(!self.manual) {
                    self.forget_manual();
                }
            }
            // Nothing that is executed next shows that the transaction goes on.
            Effect::Rollback { .. } if self.vendor() == Vendor::Postgresql => {
                self.doubt(Doubt { committed: true, undone: true });
            }
            // Whether a transaction goes on that its release will commit is not known.
            Effect::Savepoint(_) if !self.is_open() && self.savepoint_begins() => self.lose_track(),
            Effect::Savepoint(name) => {
                // Which of the two a rollback will go to is not known.
                if let Some(mark) = self.entries.find(MarkKind::Savepoint(name)) {
                    self.entries.blur(mark);
                }
                self.doubt(Doubt { committed: false, undone: true });
            }
            Effect::Release(name) | Effect::RollbackTo(name) => {
                let named = self.entries.find(MarkKind::Savepoint(name));
                if let Some(mark) = named.or_else(|| self.entries.find(MarkKind::Nested(self.levels))) {
                    self.entries.blur(mark);
                }
                self.doubt(Doubt { committed: false, undone: true });
            }
            _ => self.doubt(Doubt { committed: effect.may_commit(), undone: true }),
        }
    }

    /// Whether a savepoint outside of a transaction begins one.
    fn savepoint_begins(&self) -> bool {
        matches!(self.vendor(), Vendor::Sqlite | Vendor::Other)
    }

    /// The transaction may have ended, one way or the other, or go on.
    fn may_end(&mut self) {
        let was_open = self.is_open();
        self.end(|_| Fate::Unknown);
        if was_open {
            self.state = State::Open;
            self.doubt(Doubt { committed: true, undone: true });
        }
    }

    /// The connection was lost in a statement.
    fn lose(&mut self, effect: Effect) {
        if matches!(effect, Effect::Commit { .. }) || effect.may_commit() {
            self.end(|_| Fate::Unknown);
        } else {
            self.undo_all();
        }
        self.manual = false;
        self.may_be_manual = false;
    }

    fn doubt(&mut self, doubt: Doubt) {
        if self.is_open() {
            self.entries.doubt(doubt);
        }
    }

    // How a transaction ends.

    /// The database has said that the transaction is committed.
    fn commit_all(&mut self) {
        let undone_before = match self.vendor() {
            // It would have been an error to commit where nothing is open.
            Vendor::Sqlite => 0,
            _ => self.last_doubt(|doubt| doubt.undone).unwrap_or(0),
        };
        if self.aborted {
            self.undo_all();
        } else {
            self.end(|at| if at < undone_before { Fate::Unknown } else { Fate::Kept });
        }
    }

    /// The database has said that the transaction is rolled back.
    fn rollback_all(&mut self) {
        if self.vendor() == Vendor::Sqlite {
            // It would have been an error to roll back where nothing is open.
            self.end(|_| Fate::Undone);
        } else {
            self.undo_all();
        }
    }

    /// What is open is rolled back. What was in doubt may have ended before.
    pub(super) fn undo_all(&mut self) {
        let committed_before = self.last_doubt(|doubt| doubt.committed).unwrap_or(0);
        // If the transaction had ended, each statement after that was one of its own. PostgreSQL executes none in a
        // transaction that it has aborted.
        let is_postgresql = self.vendor() == Vendor::Postgresql;
        let mut marks = self.entries.marks().iter();
        let own_from = marks
            .find(|mark| mark.doubt().is_some_and(|doubt| doubt.committed || !is_postgresql))
            .map(|mark| mark.from);
        let own_from = own_from.unwrap_or(self.entries.len());
        self.end(|at| if at < committed_before || at >= own_from { Fate::Unknown } else { Fate::Undone });
    }

    /// The database has said that no transaction is open: it was rolled back, by one of the statements in doubt. Each
    /// statement after that was a transaction of its own.
    fn end_outside(&mut self) {
        let doubts =
            || self.entries.marks().iter().filter(|mark| mark.doubt().is_some()).map(|mark| mark.from);
        match (doubts().next(), doubts().next_back()) {
            (Some(first), Some(last)) => self.end(|at| match at {
                at if at < first => Fate::Undone,
                at if at < last => Fate::Unknown,
                _ => Fate::Kept,
            }),
            _ => self.end(|_| Fate::Unknown),
        }
    }

    /// The driver shows that no transaction is open.
    fn end_elsewhere(&mut self) {
        let mut doubts = self.entries.marks().iter().filter_map(|mark| Some((mark.doubt()?, mark.from)));
        match (doubts.next(), doubts.next()) {
            (Some((doubt, from)), None) => self.end(|at| match doubt {
                _ if at >= from => Fate::Kept,
                Doubt { committed: true, undone: false } => Fate::Kept,
                Doubt { committed: false, undone: true } => Fate::Undone,
                _ => Fate::Unknown,
            }),
            _ => self.end(|_| Fate::Unknown),
        }
    }

    /// Where the last doubt of a kind was.
    fn last_doubt(&self, is: impl Fn(Doubt) -> bool) -> Option<usize> {
        let mut marks = self.entries.marks().iter().rev();
        marks.find(|mark| mark.doubt().is_some_and(&is)).map(|mark| mark.from)
    }

    fn end(&mut self, fate: impl Fn(usize) -> Fate) {
        self.entries.settle(self.database, fate);
        self.state = State::Idle;
        self.aborted = false;
    }
}
