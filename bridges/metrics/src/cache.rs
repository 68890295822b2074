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

/// Places that one key may be at, one after the other. With two, one look-up in twenty of a thousand keys would be in vain,
/// as some places are those of three.
const WAYS: usize = 4;

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

    /// The places that a key with this hash may be at. The table's length is a power of two.
    #[inline]
    fn places(&self, hash: u64) -> impl Iterator<Item = usize> + use<M> {
        // The upper bits depend on all of them. In a table without places, all of these are beyond its end.
        let first = (hash.wrapping_mul(MIX) >> 40) as usize;
        let last = self.entries.len().wrapping_sub(1);
        (0..WAYS).map(move |way| (first + way) & last)
    }

    /// Returns what was remembered for this key of this recorder.
    #[inline]
    pub(crate) fn get(&self, owner: usize, key: &Key) -> Option<&Arc<Kept<M>>> {
        for place in self.places(key.get_hash()) {
            // Places are taken in order, and not left again.
            let entry = self.entries.get(place)?.as_ref()?;
            if entry.is_of(owner, key) {
                return entry.kept.is_current().then_some(&entry.kept);
            }
        }
        None
    }

    /// Remembers what a key of this recorder is counted in, in the place of another key if need be.
    pub(crate) fn insert(&mut self, owner: usize, key: &Key, kept: Arc<Kept<M>>) {
        let hash = key.get_hash();
        let mut entry = Entry { hash, owner, kept };
        if self.entries.is_empty() {
            self.entries.resize_with(FIRST, || None);
        }
        let is_it = |known: &Entry<M>| known.is_of(owner, key);
        while let Err(back) = self.put(entry, is_it) {
            entry = back;
            let mut taken = self.places(hash).filter_map(|place| self.entries.get(place)?.as_ref());
            // No table has room for more keys of one hash.
            if self.entries.len() >= MOST || taken.all(|known| known.hash == hash) {
                // The one that came last is likely to come again.
                let first = self.places(hash).next();
                if let Some(place) = first.and_then(|first| self.entries.get_mut(first)) {
                    *place = Some(entry);
                }
                return;
            }
            self.grow();
        }
    }

    /// Puts an entry at the first of its places that is free or has the same key.
    fn put(&mut self, entry: Entry<M>, is_it: impl Fn(&Entry<M>) -> bool) -> Result<(), Entry<M>> {
        for place in self.places(entry.hash) {
            if let Some(place) = self.entries.get_mut(place) {
                if place.as_ref().is_none_or(&is_it) {
                    *place = Some(entry);
                    return Ok(());
                }
            }
        }
        Err(entry)
    }

    fn grow(&mut self) {
        let larger = self.entries.len() * 2;
        let old = std::mem::take(&mut self.entries);
        self.entries.resize_with(larger, || None);
        for entry in old.into_iter().flatten() {
            // Those that were together may be so again, and one that there is no room for is looked up again.
            let _ = self.put(entry, |_| false);
        }
    }
}

impl<M: Labellable + Send + 'static> Entry<M> {
    #[inline]
    fn is_of(&self, owner: usize, key: &Key) -> bool {
        self.hash == key.get_hash() && self.owner == owner && self.kept.is_of(key)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cache, FIRST};
    use crate::{family::Of, kept::Kept};
    use metrics::{CounterFn as _, Key, Label};
    use std::sync::Arc;
    use tallymark_core::{
        Counter, place,
        registry::{Declaration, Registry},
    };

    fn key(labels: &[(&'static str, &'static str)]) -> Key {
        Key::from_parts("n", labels.iter().map(Label::from).collect::<Vec<_>>())
    }

    #[test]
    fn labels_in_many_orders_have_one_hash_and_do_not_make_the_table_grow() {
        let registry = Registry::new();
        let declaration = Declaration::new("orders", "", place!()).exact().registry(registry);
        let family = Of::new(declaration.labels_vary().declare(Counter::new).expect("a new name"));
        let (a, b, c) = (("a", "x"), ("b", "y"), ("c", "z"));
        let orders = [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]].map(|it| key(&it));
        let mut cache: Cache<Counter> = Cache::new();
        for owner in [7, 8] {
            for order in &orders {
                assert!(cache.get(owner, order).is_none());
                let signature = family.signature(order).unwrap_or_else(|reason| panic!("{reason:?}"));
                let kept = Arc::new(Kept::new(signature, order));
                cache.insert(owner, order, Arc::clone(&kept));
                assert!(cache.get(owner, order).is_some_and(|found| Arc::ptr_eq(found, &kept)));
                kept.increment(1);
                assert_eq!(cache.entries.len(), FIRST);
            }
        }
        // All of them are one series.
        assert_eq!(registry.snapshot().counter("orders", &[a, b, c]), Some(12));
    }
}
