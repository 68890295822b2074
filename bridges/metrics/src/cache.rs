//! What each thread has looked up lately.
//!
//! `counter!` looks its key up at each call. A thread finds it again here without a lock, and its reference count is one
//! that no other thread writes to.

use std::sync::Arc;

use metrics::Key;
use tallymark_core::Labellable;

use crate::kept::Kept;

/// The most keys of one kind that a thread remembers.
pub(crate) const MOST: usize = 4096;

/// Places in a new table.
const FIRST: usize = 64;

/// Places that one key may be at.
const WAYS: usize = 2;

/// An odd number with about as many ones as zeros; the fractional part of the golden ratio.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

struct Entry<M: Labellable + 'static> {
    hash: u64,
    owner: usize,
    kept: Arc<Kept<M>>,
}

/// The keys of one kind.
pub(crate) struct Cache<M: Labellable + 'static> {
    entries: Vec<Option<Entry<M>>>,
}

impl<M: Labellable + Send + 'static> Cache<M> {
    pub(crate) const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Where a key begins, if it is there. The table's length is a power of two.
    #[inline]
    fn place(&self, hash: u64) -> usize {
        let sets = self.entries.len() / WAYS;
        // The upper bits depend on all of them.
        (hash.wrapping_mul(MIX) >> 40) as usize % sets.max(1) * WAYS
    }

    /// Returns what was remembered for this key of this recorder.
    #[inline]
    pub(crate) fn get(&self, owner: usize, key: &Key) -> Option<&Arc<Kept<M>>> {
        let hash = key.get_hash();
        let start = self.place(hash);
        let entries = self.entries.get(start..start + WAYS)?;
        let is_it =
            |entry: &&Entry<M>| entry.hash == hash && entry.owner == owner && same(&entry.kept.key, key);
        let entry = entries.iter().flatten().find(is_it)?;
        entry.kept.is_current().then_some(&entry.kept)
    }

    /// Remembers a key, in the place of another if need be.
    pub(crate) fn insert(&mut self, owner: usize, kept: Arc<Kept<M>>) {
        if self.entries.is_empty() {
            self.entries.resize_with(FIRST, || None);
        }
        let mut entry = Entry { hash: kept.key.get_hash(), owner, kept };
        // Until one fits, or the table is as large as it may be.
        while let Err(back) = self.put(entry) {
            entry = back;
            if self.entries.len() >= MOST {
                let start = self.place(entry.hash);
                // The one that came last is likely to come again.
                if let Some(set) = self.entries.get_mut(start..start + WAYS) {
                    set.rotate_right(1);
                    if let Some(first) = set.first_mut() {
                        *first = Some(entry);
                    }
                }
                return;
            }
            let larger = self.entries.len() * 2;
            let old = std::mem::take(&mut self.entries);
            self.entries.resize_with(larger, || None);
            for entry in old.into_iter().flatten() {
                // Two that were together may be so again, and one that there is no room for is looked up again.
                let _ = self.put(entry);
            }
        }
    }

    /// Puts an entry where there is room, or where the same key is.
    fn put(&mut self, entry: Entry<M>) -> Result<(), Entry<M>> {
        let start = self.place(entry.hash);
        let Some(set) = self.entries.get_mut(start..start + WAYS) else { return Err(entry) };
        let is_free = |place: &&mut Option<Entry<M>>| {
            place.as_ref().is_none_or(|known| {
                known.hash == entry.hash
                    && known.owner == entry.owner
                    && same(&known.kept.key, &entry.kept.key)
            })
        };
        match set.iter_mut().find(is_free) {
            Some(place) => {
                *place = Some(entry);
                Ok(())
            }
            None => Err(entry),
        }
    }
}

/// Whether two keys whose hashes are equal are the same.
#[inline]
fn same(known: &Key, key: &Key) -> bool {
    let (own, labels) = (known.labels().as_slice(), key.labels().as_slice());
    let in_order = || {
        own.len() == labels.len()
            && own.iter().zip(labels).all(|(known, label)| {
                same_text(known.key(), label.key()) && same_text(known.value(), label.value())
            })
    };
    // Those of a `static` key are where they were.
    same_text(known.name(), key.name()) && (std::ptr::eq(own, labels) || in_order() || known == key)
}

#[inline]
fn same_text(known: &str, text: &str) -> bool {
    std::ptr::eq(known, text) || known == text
}
