//! Series of label sets with open values: found by hash and comparison, created under a cap, given back when they were
//! removed.

use super::{removed::Removed, store::Store};
use crate::{
    cell::{Append, Comparison, Ended, FEW, Loss, NextIs, Records, Slot, directory},
    label::{Hasher, LabelSet, MAX_LABELS, OVERFLOW, Seed},
};
use std::sync::{
    OnceLock,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

/// Series that were removed return if they are counted again through a handle. So they keep their slots and texts until
/// so many were removed after them: as many as are shown at most, but neither fewer nor more than this.
const KEPT: std::ops::RangeInclusive<usize> = if cfg!(miri) { 4 } else { 16 }..=4096;

/// Where slots are not given to other label sets, those that are shown and those that were removed may be this many times
/// the limit together. Then new label sets overflow.
const KEPT_PER_SHOWN: usize = 64;

/// No slot.
const NONE: u32 = crate::cell::UNASSIGNED;

/// So many threads may create series of one family at the same time and each reserve a slot in vain. If there are more, one of
/// theirs is never used.
const SPARES: usize = 8;

/// Slots that were reserved in vain, for those who need one next.
struct Spares([AtomicU32; SPARES]);

impl Spares {
    fn take(&self) -> Option<u32> {
        let kept = self.0.iter().filter(|place| place.load(Ordering::Relaxed) != NONE);
        // Another thread may have taken it meanwhile.
        kept.map(|place| place.swap(NONE, Ordering::Relaxed)).find(|slot| *slot != NONE)
    }

    fn keep(&self, slot: u32) {
        let is_free = |place: &AtomicU32| {
            place.compare_exchange(NONE, slot, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        };
        let _ = slot == NONE || self.0.iter().any(is_free);
    }
}

pub(crate) struct Interned {
    seed: Seed,
    records: Records,
    store: Store,
    max_series: usize,
    /// The overflow series, once there is one.
    overflow: OnceLock<Slot>,
    spares: Spares,
    /// Whether some text holds a character that the text formats escape.
    escapes: AtomicBool,
}

impl Interned {
    pub(crate) fn new(labels: usize, store: Store, max_series: u32) -> Self {
        Self {
            seed: Seed::random(),
            records: Records::new(labels),
            store,
            max_series: max_series as usize,
            overflow: OnceLock::new(),
            spares: Spares([const { AtomicU32::new(NONE) }; SPARES]),
            escapes: AtomicBool::new(false),
        }
    }

    pub(crate) fn records(&self) -> &Records {
        &self.records
    }

    pub(crate) fn escapes(&self) -> bool {
        self.escapes.load(Ordering::Relaxed)
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.records.dropped().load(Ordering::Relaxed)
    }

    #[inline(always)]
    pub(crate) fn hash<S: LabelSet>(&self, labels: &S) -> u64 {
        let mut hasher = self.seed.hasher();
        labels.visit(&mut |text| hasher.text(text));
        hasher.finish()
    }

    fn hash_texts(&self, texts: &[&str]) -> u64 {
        let mut hasher: Hasher = self.seed.hasher();
        for text in texts {
            hasher.text(text);
        }
        hasher.finish()
    }

    /// The slots of a label set that has been seen before, if they are where they should be.
    ///
    /// They nearly always are. They are compared here, outside of any loop, where the compiler keeps the texts in
    /// registers.
    #[inline(always)]
    pub(crate) fn first<S: LabelSet>(&self, hash: u64, labels: &S, count: usize) -> Option<Slot> {
        let record = self.records.first(hash)?;
        // The compiler counts: one of the two is left.
        if count <= FEW {
            Self::same(record.compare_few()?, labels, count)
        } else {
            Self::same(record.compare(count), labels, count)
        }
    }

    /// The slots of the record that is compared, if it has these labels.
    #[inline(always)]
    fn same<S: LabelSet>(
        mut comparison: Comparison<'_, impl NextIs>,
        labels: &S,
        count: usize,
    ) -> Option<Slot> {
        let mut equal = true;
        // Where the impl is derived, the compiler counts, and nothing is left of this.
        let mut visited = 0;
        labels.visit(&mut |text| {
            visited += 1;
            equal = equal && comparison.next_is(text);
        });
        if equal && visited == count { comparison.slot() } else { None }
    }

    /// The slots of the series with these texts, if there is one, and its record.
    pub(crate) fn find(&self, texts: &[&str]) -> Option<(Slot, u32)> {
        let hash = self.hash_texts(texts);
        loop {
            let moves = self.records.moves();
            if let Some(found) = self.records.find(hash, texts) {
                return Some(found);
            }
            if self.nothing_moved(moves) {
                return None;
            }
            drop(self.records.append());
        }
    }

    /// Whether these are slots of the overflow series.
    pub(crate) fn is_overflow(&self, slot: Slot) -> bool {
        self.overflow.get().is_some_and(|overflow| overflow.first() == slot.first())
    }

    /// Whether what was not found since this number was read is not there.
    fn nothing_moved(&self, moves: usize) -> bool {
        moves % 2 == 0 && self.records.moves() == moves
    }

    /// Counts a label set that contradicts its own type, or that there is no room for.
    pub(crate) fn drop_one(&self) {
        self.records.dropped().fetch_add(1, Ordering::Relaxed);
        Loss::Series.note();
    }

    /// The slots of the series with these texts: those that there are, new ones, those of a series that was removed long
    /// ago, or those of the overflow series.
    ///
    /// The hash is that of the texts that are kept. A label set may say something else each time it is asked, and is
    /// asked for its texts once before it comes here.
    ///
    /// `removed` is asked for the series that were removed, each time anew: the first may be removed while this waits. `publish`
    /// is called with a slot and texts before anybody can find them.
    #[cold]
    pub(crate) fn find_or_create<'r>(
        &self,
        texts: &[&str],
        removed: &dyn Fn() -> Option<&'r Removed>,
        publish: &dyn Fn(u32, &[&str]),
    ) -> Slot {
        self.find_or_create_with(None, texts, removed, publish)
    }

    /// Does what [`find_or_create`](Self::find_or_create) does, with a slot that was reserved for it.
    fn find_or_create_with<'r>(
        &self,
        reserved: Option<u32>,
        texts: &[&str],
        removed: &dyn Fn() -> Option<&'r Removed>,
        publish: &dyn Fn(u32, &[&str]),
    ) -> Slot {
        let hash = self.hash_texts(texts);
        let moves = self.records.moves();
        if let Some((slot, _)) = self.records.find(hash, texts) {
            self.spares.keep(reserved.unwrap_or(NONE));
            return slot;
        }
        let hidden = || removed().map_or(0, Removed::hidden);
        // Other processes know a slot as one series for ever, so it is not given to another.
        let is_shared = directory::is_shared();
        let full = || {
            // The overflow series is itself a record.
            let overflow = usize::from(self.overflow.get().is_some());
            let len = self.records.len();
            len.saturating_sub(hidden() + overflow) >= self.max_series
                || (is_shared && len >= self.max_series.saturating_mul(KEPT_PER_SHOWN))
        };
        let accepted = self.records.accept(texts);
        // Checked once without the lock: when a family is full, a thread that goes on inventing label sets shall not
        // make the others queue.
        if (!accepted || full()) && self.overflow.get().is_some() && self.nothing_moved(moves) {
            return self.overflow(reserved.unwrap_or(NONE));
        }
        let may_reuse = || !is_shared && hidden() >= self.max_series.clamp(*KEPT.start(), *KEPT.end());
        // Reserved before the lock is taken: an allocator that counts by label may be asked for memory here. Of two
        // threads that create the same series, one reserves for the next. Where those of a removed series will do, none is
        // reserved: what comes and goes would reserve one in vain each time.
        let spare = match reserved.or_else(|| self.spares.take()) {
            Some(spare) => spare,
            None if may_reuse() => NONE,
            None => self.store.reserve(),
        };
        // Memory is given back behind the lock.
        let mut left = None;
        let mut append = self.records.append();
        if let Some((known, _)) = self.records.find(hash, texts) {
            self.spares.keep(spare);
            return known;
        }
        if accepted && !full() {
            if texts.iter().any(|text| text.bytes().any(|byte| matches!(byte, b'\\' | b'"' | b'\n'))) {
                self.escapes.store(true, Ordering::Relaxed);
            }
            while let Some(removed) = removed().filter(|_| may_reuse()) {
                let Some((first, place)) = removed.oldest() else { break };
                let is_overflow = self.overflow.get().is_some_and(|slot| slot.unmarked().first() == first);
                let Some(record) = append.record(place).filter(|_| !is_overflow) else { continue };
                let claim = |end: &Ended<'_>| removed.claim(first, self.store, end, &mut left);
                if let Ok(Some(slot)) = append.reuse(record, hash, texts, claim) {
                    self.spares.keep(spare);
                    return slot;
                }
            }
        }
        if spare == NONE {
            // Series that were removed have returned since they were counted, or there is no overflow series yet.
            drop(append);
            return self.find_or_create_with(Some(self.store.reserve()), texts, removed, publish);
        }
        if accepted && !full() {
            publish(spare, texts);
            if let Ok(slot) = append.add(hash, texts, spare) {
                return slot;
            }
        }
        let slot = self.overflow.get().is_none().then(|| self.add_overflow(&mut append, spare, publish));
        drop(append);
        self.overflow(if slot == Some(true) { NONE } else { spare })
    }

    /// Makes an overflow series. Returns whether the slots were used for it.
    fn add_overflow(&self, append: &mut Append<'_>, spare: u32, publish: &dyn Fn(u32, &[&str])) -> bool {
        let texts = [OVERFLOW; MAX_LABELS];
        let texts = texts.get(..self.records.labels()).unwrap_or(&texts);
        let hash = self.hash_texts(texts);
        let known = self.records.find(hash, texts).map(|(slot, _)| slot);
        if known.is_none() {
            publish(spare, texts);
        }
        // The table can only be full to the last byte with millions of series; then the overflow series counts without
        // being shown.
        let slot = known.unwrap_or_else(|| append.add(hash, texts, spare).unwrap_or(Slot::always(spare)));
        let _ = self.overflow.set(slot);
        known.is_none()
    }

    /// The overflow series, for something that is counted as dropped. The slots are not needed for it.
    fn overflow(&self, spare: u32) -> Slot {
        self.spares.keep(spare);
        self.drop_one();
        self.overflow.get().copied().unwrap_or_else(|| Slot::always(self.store.nowhere()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn series_that_were_first_removed_while_one_is_created_make_room_for_it() {
        let most = 16;
        let interned = Interned::new(1, Store::Words(0), most);
        let removed = Removed::default();
        for number in 0..most {
            let text = number.to_string();
            let slot = interned.find_or_create(&[&text], &|| None, &|_, _| {});
            let place = interned.find(&[&text]).map(|(_, place)| place);
            assert!(removed.hide_word(slot, place, || true));
        }
        // As if the others had come, gone and been removed between the first question and the lock.
        let asked = Cell::new(false);
        let removed = || asked.replace(true).then_some(&removed);
        let slot = interned.find_or_create(&["another"], &removed, &|_, _| {});
        assert_eq!((interned.dropped(), interned.is_overflow(slot)), (0, false));
    }

    #[test]
    fn slots_that_several_threads_reserved_in_vain_are_all_used_later() {
        let spares = Spares([const { AtomicU32::new(NONE) }; SPARES]);
        assert_eq!(spares.take(), None);
        let reserved: Vec<u32> = (0..).take(SPARES).collect();
        for &slot in &reserved {
            spares.keep(slot);
        }
        spares.keep(NONE);
        let mut taken: Vec<u32> = std::iter::from_fn(|| spares.take()).collect();
        taken.sort_unstable();
        assert_eq!(taken, reserved);
    }
}
