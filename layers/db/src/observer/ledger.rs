//! Rows that a transaction has written and not yet committed.

use crate::models::{Change, Table};

/// Rows of one table that were changed in one way.
#[derive(Clone, Copy, Debug)]
struct Entry {
    table: &'static Table,
    change: Change,
    rows: u64,
}

/// So many entries are kept without an allocation: a transaction that writes to more than this many tables is rare.
const INLINE: usize = 6;

/// A savepoint: entries from `from` on were made after it.
#[derive(Clone, Copy, Debug)]
struct Mark {
    /// The hash of its name; `None` for one that an adapter set.
    name: Option<u64>,
    from: usize,
}

/// What is counted if the transaction is committed, and forgotten if not.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    open: bool,
    /// The database will roll back whatever is asked for, as `PostgreSQL` does after an error.
    aborted: bool,
    length: usize,
    first: [Option<Entry>; INLINE],
    more: Vec<Entry>,
    marks: Vec<Mark>,
}

impl Ledger {
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Takes rows, which count at once outside of a transaction.
    pub(super) fn add(&mut self, table: &'static Table, change: Change, rows: u64) {
        if !self.open {
            table.count(change, rows);
            return;
        }
        let from = self.marks.last().map_or(0, |mark| mark.from);
        let same = |entry: &&mut Entry| entry.change == change && std::ptr::eq(entry.table, table);
        let known = self.first.iter_mut().flatten().chain(&mut self.more).skip(from).find(same);
        if let Some(entry) = known {
            entry.rows = entry.rows.saturating_add(rows);
            return;
        }
        let entry = Entry { table, change, rows };
        match self.first.get_mut(self.length) {
            Some(slot) => *slot = Some(entry),
            None => self.more.push(entry),
        }
        self.length += 1;
    }

    /// Begins a transaction, or sets a savepoint in one.
    pub(super) fn begin(&mut self) {
        if self.open {
            self.mark(None);
        } else {
            self.open = true;
        }
    }

    /// Commits the transaction, or gives up the savepoint that [`begin`](Self::begin) set last.
    pub(super) fn commit(&mut self) {
        match self.marks.iter().rposition(|mark| mark.name.is_none()) {
            Some(at) => self.marks.truncate(at),
            None => self.commit_all(),
        }
    }

    /// Rolls the transaction back, or to the savepoint that [`begin`](Self::begin) set last, which goes.
    pub(super) fn rollback(&mut self) {
        match self.marks.iter().rposition(|mark| mark.name.is_none()) {
            Some(at) => {
                self.undo(at);
                self.marks.truncate(at);
            }
            None => self.rollback_all(),
        }
    }

    /// Counts everything.
    pub(super) fn commit_all(&mut self) {
        if !self.aborted {
            for entry in self.first.iter().flatten().chain(&self.more) {
                entry.table.count(entry.change, entry.rows);
            }
        }
        self.rollback_all();
    }

    /// Forgets everything.
    pub(super) fn rollback_all(&mut self) {
        self.truncate(0);
        self.marks.clear();
        self.open = false;
        self.aborted = false;
    }

    /// The database takes nothing but a rollback from here on.
    pub(super) fn abort(&mut self) {
        self.aborted = self.open;
    }

    /// Sets a savepoint. Some databases begin a transaction for it.
    pub(super) fn mark(&mut self, name: Option<u64>) {
        self.open = true;
        self.marks.push(Mark { name, from: self.length });
    }

    /// Gives up a savepoint and those after it.
    pub(super) fn release(&mut self, name: u64) {
        if let Some(at) = self.find(name) {
            self.marks.truncate(at);
        }
    }

    /// Undoes what was done since a savepoint, which stays.
    pub(super) fn rollback_to(&mut self, name: u64) {
        if let Some(at) = self.find(name) {
            self.undo(at);
            self.marks.truncate(at + 1);
        }
    }

    fn find(&self, name: u64) -> Option<usize> {
        self.marks.iter().rposition(|mark| mark.name == Some(name))
    }

    fn undo(&mut self, mark: usize) {
        self.aborted = false;
        if let Some(mark) = self.marks.get(mark) {
            self.truncate(mark.from);
        }
    }

    fn truncate(&mut self, length: usize) {
        for slot in self.first.iter_mut().skip(length) {
            *slot = None;
        }
        self.more.truncate(length.saturating_sub(INLINE));
        self.length = length.min(self.length);
    }
}
