//! From a hash to a place: open addressing in entries of 32 bits, read without waiting.
//!
//! An entry is seven bits of hash and a place of 25 bits. A table that has become too small is replaced and kept: a
//! reader may still be in it, and all replaced tables together are smaller than the present one.
//!
//! When a place is removed, entries behind it move up. A reader that is there at the same time may miss one that moves,
//! and may find one that was removed: what it finds it compares, and what it does not find it looks for again with the
//! lock held, or asks whether anything has [moved](Index::moves).

use super::{
    arena::PLACE_BITS,
    memory::{GRANULE, end, keep, obtain, release},
};
use std::{
    ptr::{self, NonNull},
    sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering, fence},
};

const PLACE_MASK: u32 = (1 << PLACE_BITS) - 1;
const SMALLEST: usize = 16;
/// A table of this many entries or more has no room to spare.
const LARGE: usize = 1 << 12;

struct Table {
    mask: usize,
    entries: NonNull<AtomicU32>,
    /// The one that it replaced.
    previous: *mut Self,
}

/// Words obtained for so many entries.
fn words(capacity: usize) -> usize {
    (capacity / 2).next_multiple_of(GRANULE)
}

#[inline(always)]
fn tag(hash: u64) -> u32 {
    // The top bits; the low ones choose where to begin.
    ((hash >> 57) as u32) << PLACE_BITS
}

impl Table {
    fn new(capacity: usize, previous: *mut Self) -> Self {
        Self { mask: capacity - 1, entries: obtain(words(capacity)).cast(), previous }
    }

    #[inline(always)]
    fn entry(&self, index: usize) -> &AtomicU32 {
        // SAFETY: the mask keeps the index below the capacity, and zeroed memory is valid atomics.
        unsafe { self.entries.add(index & self.mask).as_ref() }
    }

    /// The first place with this tag, from `index` on, and the index behind it.
    #[inline(always)]
    fn first(&self, tag: u32, mut index: usize) -> Option<(u32, usize)> {
        loop {
            let entry = self.entry(index).load(Ordering::Acquire);
            if entry == 0 {
                return None;
            }
            index = index.wrapping_add(1);
            if entry & !PLACE_MASK == tag {
                return Some((entry & PLACE_MASK, index));
            }
        }
    }

    fn put(&self, hash: u64, place: u32) {
        let mut index = hash as usize;
        while self.entry(index).load(Ordering::Relaxed) != 0 {
            index = index.wrapping_add(1);
        }
        // Publishes what is at the place to readers, which load with `Acquire`.
        self.entry(index).store(tag(hash) | place, Ordering::Release);
    }
}

/// What must be held to add to an index.
pub(super) struct Tables {
    len: usize,
}

impl Tables {
    pub(super) const fn new() -> Self {
        Self { len: 0 }
    }
}

pub(super) struct Index {
    table: AtomicPtr<Table>,
    /// How often entries began or ceased to move. Odd while they do.
    moves: AtomicUsize,
}

impl Index {
    pub(super) const fn new() -> Self {
        Self { table: AtomicPtr::new(ptr::null_mut()), moves: AtomicUsize::new(0) }
    }

    /// A number that is another one if entries have moved, or odd if they are about to. Only if nothing moved while it
    /// was searched for is a place that was not found not there.
    pub(super) fn moves(&self) -> usize {
        fence(Ordering::Acquire);
        self.moves.load(Ordering::Acquire)
    }

    /// The first place whose hash looks like this one. It nearly always is; where it is not, [`find`](Index::find).
    #[inline(always)]
    pub(super) fn first(&self, hash: u64) -> Option<u32> {
        // SAFETY: null, or a table that is kept until the index is dropped.
        let table = unsafe { self.table.load(Ordering::Acquire).as_ref() }?;
        table.first(tag(hash), hash as usize).map(|(place, _)| place)
    }

    /// What `same` makes of the first place with this hash that it accepts.
    #[cold]
    #[inline(never)]
    pub(super) fn find<T>(&self, hash: u64, mut same: impl FnMut(u32) -> Option<T>) -> Option<T> {
        // SAFETY: as in `first`.
        let table = unsafe { self.table.load(Ordering::Acquire).as_ref() }?;
        let mut index = hash as usize;
        loop {
            let (place, next) = table.first(tag(hash), index)?;
            if let Some(found) = same(place) {
                return Some(found);
            }
            index = next;
        }
    }

    /// Adds a place that is not there yet. `hash_of` hashes what is at a place. No place is 0.
    pub(super) fn add(&self, tables: &mut Tables, hash: u64, place: u32, hash_of: impl Fn(u32) -> u64) {
        debug_assert!(place != 0 && place <= PLACE_MASK);
        // SAFETY: null, or a table that is kept.
        let mut table = unsafe { self.table.load(Ordering::Relaxed).as_ref() };
        let capacity = table.map_or(0, |table| table.mask + 1);
        tables.len += 1;
        // A quarter full, nearly all searches end where they begin; each that does not is a branch that nobody can
        // guess. A large table is filled up to 13/16, where an unsuccessful search looks at some 15 entries: one cache
        // line.
        let (most, growth) = if capacity < LARGE { (capacity / 4, 4) } else { (capacity / 16 * 13, 2) };
        if tables.len > most {
            let larger = Table::new((capacity * growth).max(SMALLEST), self.table.load(Ordering::Relaxed));
            for index in 0..capacity {
                let entry = table.map_or(0, |table| table.entry(index).load(Ordering::Relaxed)) & PLACE_MASK;
                if entry != 0 {
                    larger.put(hash_of(entry), entry);
                }
            }
            let larger = keep(larger).as_ptr();
            self.table.store(larger, Ordering::Release);
            // SAFETY: just made, and kept.
            table = Some(unsafe { &*larger });
        }
        if let Some(table) = table {
            table.put(hash, place);
        }
    }

    /// Removes a place, if it is there. `hash_of` hashes what is at a place.
    pub(super) fn remove(&self, tables: &mut Tables, hash: u64, place: u32, hash_of: impl Fn(u32) -> u64) {
        // SAFETY: null, or a table that is kept.
        let Some(table) = (unsafe { self.table.load(Ordering::Relaxed).as_ref() }) else { return };
        let entry = |index: usize| table.entry(index).load(Ordering::Relaxed);
        let mut hole = hash as usize;
        while entry(hole) != tag(hash) | place {
            if entry(hole) == 0 {
                return;
            }
            hole = hole.wrapping_add(1);
        }
        let moves = self.moves.load(Ordering::Relaxed);
        self.moves.store(moves.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        let mut next = hole;
        loop {
            next = next.wrapping_add(1);
            let moving = entry(next);
            if moving == 0 {
                break;
            }
            // It may move up as far as to where a search for it begins.
            let begin = hash_of(moving & PLACE_MASK) as usize;
            if next.wrapping_sub(begin) & table.mask >= next.wrapping_sub(hole) & table.mask {
                table.entry(hole).store(moving, Ordering::Release);
                hole = next;
            }
        }
        table.entry(hole).store(0, Ordering::Release);
        self.moves.store(moves.wrapping_add(2), Ordering::Release);
        tables.len -= 1;
    }

    /// Frees everything.
    ///
    /// # Safety
    ///
    /// It is not used again.
    pub(super) unsafe fn free(&mut self) {
        let mut next = std::mem::replace(self.table.get_mut(), ptr::null_mut());
        while let Some(table) = NonNull::new(next) {
            // SAFETY: kept, and obtained with this size, in `add`.
            unsafe {
                let &Table { mask, entries, previous } = table.as_ref();
                release(entries.cast(), words(mask + 1));
                end(table);
                next = previous;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places whose hashes crowd, so that entries lie far from where a search for them begins.
    #[test]
    fn what_is_removed_is_gone_and_all_else_is_found() {
        let hash_of = |place: u32| u64::from(place % 7) | u64::from(place) << 57;
        let (mut index, mut tables) = (Index::new(), Tables::new());
        let find = |index: &Index, place: u32| {
            index.find(hash_of(place), |found| (found == place).then_some(found)).is_some()
        };
        let most = if cfg!(miri) { 60 } else { 3000 };
        let mut state = 1_u32;
        let mut present = std::collections::BTreeSet::new();
        for _ in 0..4 * most {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let place = (state >> 8) % most + 1;
            if present.remove(&place) {
                index.remove(&mut tables, hash_of(place), place, hash_of);
            } else {
                present.insert(place);
                index.add(&mut tables, hash_of(place), place, hash_of);
            }
            assert_eq!(tables.len, present.len());
            assert_eq!(find(&index, place), present.contains(&place));
        }
        index.remove(&mut tables, hash_of(most + 1), most + 1, hash_of);
        for place in 1..=most {
            assert_eq!(find(&index, place), present.contains(&place), "{place}");
        }
        assert_eq!(index.moves() % 2, 0);
        // SAFETY: it is not used again.
        unsafe { index.free() };
    }
}
