//! Rows that a transaction has written and not yet committed, and the points that it can go back to.

use super::{database::Database, uncounted::Uncounted};
use crate::{models::Table, sql::Change};
use std::collections::HashMap;

/// What was written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Written {
    /// Rows of one table that were changed in one way.
    Rows { table: &'static Table, change: Change, rows: u64 },
    /// Rows of which it is not known what or how many they are.
    Uncounted(Uncounted),
}

/// What so many statements have written.
#[derive(Clone, Copy, Debug)]
struct Entry {
    written: Written,
    statements: u64,
}

impl Entry {
    /// Adds another entry, if it is of the same kind.
    fn absorb(&mut self, other: Self) -> bool {
        match (&mut self.written, other.written) {
            (
                Written::Rows { table, change, rows },
                Written::Rows { table: other_table, change: other_change, rows: more },
            ) if *change == other_change && std::ptr::eq(*table, other_table) => {
                *rows = rows.saturating_add(more);
            }
            (Written::Uncounted(reason), Written::Uncounted(other)) if *reason == other => {}
            _ => return false,
        }
        self.statements += other.statements;
        true
    }

    /// What entries of one kind have in common.
    fn kind(&self) -> Kind {
        match self.written {
            Written::Rows { table, change, .. } => Kind::Rows(std::ptr::from_ref(table).addr(), change as u8),
            Written::Uncounted(reason) => Kind::Uncounted(reason as u8),
        }
    }

    fn count(self, database: Database) {
        match self.written {
            Written::Rows { table, change, rows } => table.count(change, rows),
            Written::Uncounted(reason) => database.count_uncounted(reason, self.statements),
        }
    }
}

/// The kind of an entry: the address of a table, and the numbers of a change or a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Rows(usize, u8),
    Uncounted(u8),
}

/// Counts what was written in no transaction.
pub(super) fn count(database: Database, written: Written) {
    Entry { written, statements: 1 }.count(database);
}

/// A point in a transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) kind: MarkKind,
    /// Entries from here on were made after it.
    pub(super) from: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkKind {
    /// A savepoint with a name, of which this is the hash.
    Savepoint(u64),
    /// A savepoint that an adapter has set for a transaction within a transaction, on this level.
    Nested(u32),
    /// A statement whose effect on the transaction is not known.
    Doubt(Doubt),
}

/// What may have happened to a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    /// It may have been committed.
    pub(super) committed: bool,
    /// It may have been rolled back.
    pub(super) undone: bool,
}

impl Mark {
    pub(super) fn doubt(&self) -> Option<Doubt> {
        match self.kind {
            MarkKind::Doubt(doubt) => Some(doubt),
            MarkKind::Savepoint(_) | MarkKind::Nested(_) => None,
        }
    }
}

/// So many entries are kept without an allocation: a transaction that writes to more than this many tables is rare.
const INLINE: usize = 6;

/// So many entries are looked through. Where there are more, they are found by their kinds, so that a transaction which writes to many
/// tables takes the time that its statements take.
const LOOKED_THROUGH: usize = 32;

/// What is counted if the transaction is committed, and forgotten if not.
///
/// Entries between two marks are of different kinds, so that there are as many as a transaction has tables, and not as
/// many as it has statements: where a mark goes, the entries on both sides of it become one list.
#[derive(Debug, Default)]
pub(super) struct Entries {
    length: usize,
    first: [Option<Entry>; INLINE],
    more: Vec<Entry>,
    marks: Vec<Mark>,
    /// Where the entries of each kind are, in order, once there are many.
    places: Option<HashMap<Kind, Vec<usize>>>,
    /// How many entries were compared with another one.
    #[cfg(test)]
    compared: usize,
    /// Whether a mark may be a doubt: they are looked for after each statement.
    has_doubts: bool,
}

impl Entries {
    pub(super) fn add(&mut self, written: Written) {
        let from = self.marks.last().map_or(0, |mark| mark.from);
        self.put(Entry { written, statements: 1 }, from, self.length);
    }

    /// Adds an entry to the one of its kind in `from..to`, or puts it at `to`. Returns the end of the list then. No entry from `to` on
    /// is among the places.
    fn put(&mut self, entry: Entry, from: usize, to: usize) -> usize {
        if self.places.is_none() && to > LOOKED_THROUGH {
            self.places = Some(HashMap::new());
            self.note(0, to);
        }
        let known = match &self.places {
            Some(places) => places.get(&entry.kind()).and_then(|places| places.last().copied()),
            None => (from..to).find(|&at| {
                #[cfg(test)]
                {
                    self.compared += 1;
                }
                self.get(at).is_some_and(|known| known.kind() == entry.kind())
            }),
        };
        let known = known.filter(|&at| at >= from).and_then(|at| self.get_mut(at));
        if known.is_some_and(|known| known.absorb(entry)) {
            return to;
        }
        self.set(to, entry);
        self.note(to, to + 1);
        to + 1
    }

    /// Adds these entries to the places, if there are any places.
    fn note(&mut self, from: usize, to: usize) {
        for at in from..to {
            if let (Some(entry), Some(places)) = (self.get(at), &mut self.places) {
                places.entry(entry.kind()).or_default().push(at);
            }
        }
    }

    /// Takes the entries from here on out of the places.
    fn forget(&mut self, from: usize) {
        for at in (from..self.length).rev() {
            if let (Some(entry), Some(places)) = (self.get(at), &mut self.places) {
                if let Some(places) = places.get_mut(&entry.kind()) {
                    places.pop();
                }
            }
        }
    }

    fn set(&mut self, at: usize, entry: Entry) {
        match (self.first.get_mut(at), at.checked_sub(INLINE).and_then(|at| self.more.get_mut(at))) {
            (Some(slot), _) => *slot = Some(entry),
            (None, Some(slot)) => *slot = entry,
            (None, None) => self.more.push(entry),
        }
        self.length = self.length.max(at + 1);
    }

    fn get_mut(&mut self, at: usize) -> Option<&mut Entry> {
        if at >= self.length {
            return None;
        }
        match self.first.get_mut(at) {
            Some(slot) => slot.as_mut(),
            None => self.more.get_mut(at - INLINE),
        }
    }

    fn get(&self, at: usize) -> Option<Entry> {
        match self.first.get(at) {
            Some(slot) => *slot,
            None => self.more.get(at - INLINE).copied(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Sets a mark here.
    pub(super) fn mark(&mut self, kind: MarkKind) {
        self.marks.push(Mark { kind, from: self.length });
    }

    /// Notes that a statement may have ended the transaction.
    pub(super) fn doubt(&mut self, doubt: Doubt) {
        if let Some(Mark { kind: MarkKind::Doubt(known), from }) = self.marks.last_mut() {
            if *from == self.length {
                known.committed |= doubt.committed;
                known.undone |= doubt.undone;
                return;
            }
        }
        self.mark(MarkKind::Doubt(doubt));
        self.has_doubts = true;
    }

    /// The last mark of a kind.
    pub(super) fn find(&self, kind: MarkKind) -> Option<usize> {
        self.marks.iter().rposition(|mark| mark.kind == kind)
    }

    /// Takes away the marks from one on, and keeps the entries.
    pub(super) fn release(&mut self, mark: usize) {
        while self.marks.len() > mark {
            self.remove(self.marks.len() - 1);
        }
    }

    /// Takes away one mark, and makes one list of the entries on both sides of it.
    pub(super) fn remove(&mut self, mark: usize) {
        if mark >= self.marks.len() {
            return;
        }
        let middle = self.marks.remove(mark).from;
        let from = mark.checked_sub(1).and_then(|before| self.marks.get(before)).map_or(0, |mark| mark.from);
        let end = self.marks.get(mark).map_or(self.length, |mark| mark.from);
        self.forget(middle);
        let mut to = middle;
        for at in middle..end {
            if let Some(entry) = self.get(at) {
                to = self.put(entry, from, to);
            }
        }
        let shorter = end - to;
        if shorter > 0 {
            for at in end..self.length {
                if let Some(entry) = self.get(at) {
                    self.set(at - shorter, entry);
                }
            }
            for later in self.marks.iter_mut().skip(mark) {
                later.from -= shorter;
            }
            self.cut(self.length - shorter);
        }
        self.note(to, self.length);
    }

    /// Takes away the doubts, since the transaction has turned out to go on.
    pub(super) fn resolve(&mut self, is_resolved: impl Fn(Doubt) -> bool) {
        if !self.has_doubts {
            return;
        }
        while let Some(at) = self.marks.iter().rposition(|mark| mark.doubt().is_some_and(&is_resolved)) {
            self.remove(at);
        }
        self.has_doubts = self.marks.iter().any(|mark| mark.doubt().is_some());
    }

    /// Takes away the entries after a mark, and the marks after it. The mark stays.
    pub(super) fn undo(&mut self, mark: usize) {
        if let Some(from) = self.marks.get(mark).map(|mark| mark.from) {
            self.truncate(from);
            self.marks.truncate(mark + 1);
        }
    }

    /// Takes away a mark and those after it. Whether the entries after it are there to stay is not known.
    pub(super) fn blur(&mut self, mark: usize) {
        let Some(from) = self.marks.get(mark).map(|mark| mark.from) else { return };
        self.blur_from(from);
        let removed = self.marks.iter().skip(mark).filter_map(Mark::doubt);
        let doubt = removed.reduce(|one, other| Doubt {
            committed: one.committed || other.committed,
            undone: one.undone || other.undone,
        });
        self.release(mark);
        // What was in doubt is so for what was before as well.
        if let Some(doubt) = doubt {
            self.doubt(doubt);
        }
    }

    /// Takes note that whether the entries are there to stay is not known, and leaves the marks as they are.
    pub(super) fn blur_all(&mut self) {
        self.blur_from(0);
    }

    fn blur_from(&mut self, from: usize) {
        self.forget(from);
        for at in from..self.length {
            if let Some(entry) = self.get_mut(at) {
                entry.written = Written::Uncounted(Uncounted::Transaction);
            }
        }
        self.note(from, self.length);
    }

    /// Counts the entries of which that is said, and forgets everything.
    pub(super) fn settle(&mut self, database: Database, fate: impl Fn(usize) -> Fate) {
        for at in 0..self.length {
            if let Some(entry) = self.get(at) {
                match fate(at) {
                    Fate::Kept => entry.count(database),
                    Fate::Undone => {}
                    Fate::Unknown => database.count_uncounted(Uncounted::Transaction, entry.statements),
                }
            }
        }
        self.places = None;
        self.truncate(0);
        self.marks.clear();
        self.has_doubts = false;
    }

    /// Takes away the entries from here on.
    fn truncate(&mut self, length: usize) {
        self.forget(length);
        self.cut(length);
    }

    /// Takes away the entries from here on, which are not among the places.
    fn cut(&mut self, length: usize) {
        for slot in self.first.iter_mut().skip(length) {
            *slot = None;
        }
        self.more.truncate(length.saturating_sub(INLINE));
        self.length = length.min(self.length);
    }
}

/// What has become of what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is committed.
    Kept,
    /// It is rolled back.
    Undone,
    /// Nobody knows.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models;

    fn tables(n: usize) -> Vec<&'static Table> {
        (0..n).map(|_| models::nameless()).collect()
    }

    fn rows(table: &'static Table, rows: u64) -> Written {
        Written::Rows { table, change: Change::Insert, rows }
    }

    fn held(entries: &Entries) -> Vec<(usize, u64)> {
        let entry = |at| match entries.get(at)?.written {
            Written::Rows { table, rows, .. } => Some((std::ptr::from_ref(table).addr(), rows)),
            Written::Uncounted(_) => None,
        };
        (0..entries.len()).filter_map(entry).collect()
    }

    /// As many statements, savepoints and roll-backs as there are tables: what is kept is what a list without places keeps.
    #[test]
    fn many_tables_are_found_by_their_kinds() {
        let tables = tables(1000);
        let mut entries = Entries::default();
        for table in &tables {
            entries.add(rows(table, 1));
        }
        for table in &tables {
            entries.add(rows(table, 2));
        }
        for (at, table) in tables.iter().enumerate() {
            entries.mark(MarkKind::Nested(0));
            entries.add(rows(table, 4));
            if at % 2 == 0 {
                entries.release(0);
            } else {
                entries.undo(0);
                entries.release(0);
            }
        }
        let expected = |at| if at % 2 == 0 { 7 } else { 3 };
        let expected: Vec<(usize, u64)> = tables
            .iter()
            .enumerate()
            .map(|(at, &table)| (std::ptr::from_ref(table).addr(), expected(at)))
            .collect();
        assert_eq!(held(&entries), expected);
        assert!(entries.compared <= LOOKED_THROUGH * (LOOKED_THROUGH + 1), "{}", entries.compared);
    }

    /// A mark between others goes: the entries before and after it become one list, and those after the next mark stay apart.
    #[test]
    fn a_mark_in_the_middle_goes() {
        let tables = tables(100);
        let mut entries = Entries::default();
        for kind in [MarkKind::Nested(0), MarkKind::Nested(1), MarkKind::Nested(2)] {
            for table in &tables {
                entries.add(rows(table, 1));
            }
            entries.mark(kind);
        }
        for table in &tables {
            entries.add(rows(table, 1));
        }
        entries.remove(1);
        let of = |rows| tables.iter().map(move |&table| (std::ptr::from_ref(table).addr(), rows));
        assert_eq!(held(&entries), of(1).chain(of(2)).chain(of(1)).collect::<Vec<_>>());
        entries.add(rows(tables[7], 5));
        assert_eq!(held(&entries)[207].1, 6);
        entries.release(0);
        assert_eq!(held(&entries).iter().map(|(_, rows)| rows).collect::<Vec<_>>(), {
            let mut expected = vec![&4_u64; 100];
            expected[7] = &9;
            expected
        });
    }

    #[test]
    fn what_is_blurred_is_one_entry() {
        let tables = tables(100);
        let mut entries = Entries::default();
        entries.add(rows(tables[0], 1));
        entries.mark(MarkKind::Nested(0));
        for table in &tables {
            entries.add(rows(table, 1));
        }
        entries.blur(0);
        assert_eq!((entries.len(), held(&entries).len()), (2, 1));
        entries.add(rows(tables[0], 1));
        assert_eq!(held(&entries)[0].1, 2);
    }
}
