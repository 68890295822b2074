//! From a bucket's name to its slot, read without waiting.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

/// Key and sign of a bucket in one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(u32);

impl Name {
    /// Keys take 20 bits and a sign.
    #[expect(clippy::cast_sign_loss, reason = "the bits are shifted back as they are")]
    pub(super) fn new(key: i32, negative: bool) -> Self {
        Self((key as u32) << 1 | u32::from(negative))
    }

    #[expect(clippy::cast_possible_wrap, reason = "the bits are those of a signed number")]
    pub(super) fn key(self) -> i32 {
        self.0 as i32 >> 1
    }

    pub(super) fn is_negative(self) -> bool {
        self.0 & 1 == 1
    }
}

/// The buckets at one resolution, or those of an earlier or a later one while it is filled again.
#[derive(Debug)]
pub(super) struct Table {
    /// How often it was filled, above the schema.
    state: AtomicU32,
    /// A name above a slot plus one; zero where there is nothing. A power of two of them.
    entries: Box<[AtomicU64]>,
}

/// Which schema a table has, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State(u32);

/// The schema of a table that is being filled.
const FILLING: u8 = 0x7f;

impl State {
    #[expect(clippy::cast_possible_wrap, reason = "the bits are those of a signed number")]
    pub(super) fn schema(self) -> i8 {
        self.0.to_le_bytes()[0] as i8
    }

    #[expect(clippy::cast_sign_loss, reason = "the bits are read as those of a signed number")]
    fn next(self, schema: i8) -> Self {
        Self((self.0 & !0xff).wrapping_add(0x100) | u32::from(schema as u8))
    }
}

impl Table {
    pub(super) const SMALLEST: usize = 16;

    pub(super) fn new(schema: i8, capacity: usize) -> Self {
        let capacity = capacity.next_power_of_two().max(Self::SMALLEST);
        let entries = (0..capacity).map(|_| AtomicU64::new(0)).collect();
        Self { state: AtomicU32::new(State(0).next(schema).0), entries }
    }

    pub(super) fn capacity(&self) -> usize {
        self.entries.len()
    }

    /// What is read after this belongs to it or to a later one.
    #[inline]
    pub(super) fn state(&self) -> State {
        State(self.state.load(Ordering::Acquire))
    }

    /// Whether what was read belongs to this state.
    #[inline]
    pub(super) fn is_still(&self, state: State) -> bool {
        fence(Ordering::Acquire);
        self.state.load(Ordering::Relaxed) == state.0 && state.0.to_le_bytes()[0] != FILLING
    }

    /// Fills it with other buckets, of which several may have one name, in the absence of other writers. Returns how
    /// many names there are.
    pub(super) fn fill(&self, schema: i8, buckets: impl Iterator<Item = (Name, u32)>) -> usize {
        let next = self.state().next(schema);
        self.state.store(next.0 & !0xff | u32::from(FILLING), Ordering::Relaxed);
        fence(Ordering::Release);
        self.entries.iter().for_each(|entry| entry.store(0, Ordering::Relaxed));
        let mut names = 0;
        for (name, slot) in buckets {
            if self.find(name).is_none() && self.add(name, slot) {
                names += 1;
            }
        }
        self.state.store(next.0, Ordering::Release);
        names
    }

    /// The entries in the order in which a name is looked for.
    fn entries_from(&self, name: Name) -> impl Iterator<Item = &AtomicU64> {
        // Neighbours in value are neighbours in the table, and most values are near one another.
        let start = name.0 as usize & (self.entries.len() - 1);
        let (before, behind) = self.entries.split_at(start);
        behind.iter().chain(before)
    }

    #[inline]
    pub(super) fn find(&self, name: Name) -> Option<u32> {
        for entry in self.entries_from(name) {
            let entry = entry.load(Ordering::Acquire);
            if entry >> 32 == u64::from(name.0) && entry != 0 {
                return Some(slot_of(entry));
            }
            if entry == 0 {
                return None;
            }
        }
        None
    }

    /// Adds a bucket that is not there, in the absence of other writers. Returns whether there was room.
    pub(super) fn add(&self, name: Name, slot: u32) -> bool {
        let free = self.entries_from(name).find(|entry| entry.load(Ordering::Relaxed) == 0);
        if let Some(entry) = free {
            // Who finds it knows whose it is: that a series has ended, if it is that of a later one.
            entry.store(u64::from(name.0) << 32 | u64::from(slot + 1), Ordering::Release);
        }
        free.is_some()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half; slots are below 2^31, so one more fits")]
fn slot_of(entry: u64) -> u32 {
    (entry as u32).wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_found() {
        let table = Table::new(3, 32);
        let names: Vec<Name> =
            (-8..8).flat_map(|key| [Name::new(key * 16, false), Name::new(key * 16, true)]).collect();
        for (slot, &name) in (0..).zip(&names) {
            assert_eq!(table.find(name), None);
            assert!(table.add(name, slot));
        }
        for (slot, &name) in (0..).zip(&names) {
            assert_eq!(table.find(name), Some(slot));
        }
        assert!(!table.add(Name::new(1, false), 99), "full");
        assert_eq!(table.find(Name::new(1, false)), None);
    }

    #[test]
    fn a_table_that_is_filled_again_holds_nothing_else() {
        let table = Table::new(3, 16);
        let before = table.state();
        assert!(table.add(Name::new(5, false), 1) && table.is_still(before));
        assert_eq!(table.fill(-4, [(Name::new(2, true), 7), (Name::new(2, true), 8)].into_iter()), 1);
        assert!(!table.is_still(before));
        assert_eq!(table.state().schema(), -4);
        assert_eq!((table.find(Name::new(5, false)), table.find(Name::new(2, true))), (None, Some(7)));
    }

    #[test]
    fn names_say_key_and_sign() {
        for key in [0, 1, -1, 262_145, -274_944] {
            for negative in [false, true] {
                let name = Name::new(key, negative);
                assert_eq!((name.key(), name.is_negative()), (key, negative));
            }
        }
    }
}
