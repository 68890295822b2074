//! From a bucket's name to its slot, read without waiting.

use std::sync::atomic::{AtomicU64, Ordering};

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

/// The buckets at one resolution. An entry that is there stays as it is.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) schema: i8,
    /// A name above a slot plus one; zero where there is nothing. A power of two of them.
    entries: Box<[AtomicU64]>,
}

impl Table {
    pub(super) const SMALLEST: usize = 16;

    pub(super) fn new(schema: i8, capacity: usize) -> Self {
        let capacity = capacity.next_power_of_two().max(Self::SMALLEST);
        Self { schema, entries: (0..capacity).map(|_| AtomicU64::new(0)).collect() }
    }

    pub(super) fn capacity(&self) -> usize {
        self.entries.len()
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
            let entry = entry.load(Ordering::Relaxed);
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
            entry.store(u64::from(name.0) << 32 | u64::from(slot + 1), Ordering::Relaxed);
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
    fn names_say_key_and_sign() {
        for key in [0, 1, -1, 262_145, -274_944] {
            for negative in [false, true] {
                let name = Name::new(key, negative);
                assert_eq!((name.key(), name.is_negative()), (key, negative));
            }
        }
    }
}
