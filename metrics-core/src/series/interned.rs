//! Series of label sets with open values: found by hash and comparison, created under a cap.

use super::{removed::Removed, store::Store};
use crate::{
    cell::{Append, Record, Records, Refused, UNASSIGNED},
    label::{Hasher, LabelSet, MAX_LABELS, OVERFLOW, Seed, same},
};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// Removed series keep their texts and slots, since handles to them may still exist, and take them up again when they
/// return. Together with those shown they may be this many times the cap; then new label sets overflow.
const KEPT_PER_SHOWN: usize = 64;

pub(crate) struct Interned {
    seed: Seed,
    records: Records,
    store: Store,
    max_series: usize,
    /// The slot of the overflow series, once there is one.
    overflow: AtomicU32,
    /// A slot that was reserved in vain.
    spare: AtomicU32,
    dropped: AtomicU64,
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
            overflow: AtomicU32::new(UNASSIGNED),
            spare: AtomicU32::new(UNASSIGNED),
            dropped: AtomicU64::new(0),
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
        self.dropped.load(Ordering::Relaxed)
    }

    #[inline(always)]
    pub(crate) fn hash<S: LabelSet>(&self, labels: &S) -> u64 {
        let mut hasher = self.seed.hasher();
        labels.visit(&mut |text| hasher.text(text));
        hasher.finish()
    }

    fn hash_texts<'a>(&self, texts: impl Iterator<Item = &'a str>) -> u64 {
        let mut hasher: Hasher = self.seed.hasher();
        for text in texts {
            hasher.text(text);
        }
        hasher.finish()
    }

    /// The slot of a label set that has been seen before, if it is where it should be.
    ///
    /// It nearly always is. It is compared here, outside of any loop, where the compiler keeps the texts in registers.
    #[inline(always)]
    pub(crate) fn first<S: LabelSet>(&self, hash: u64, labels: &S, count: usize) -> Option<u32> {
        let record = self.records.first(hash)?;
        has(record, labels, count).then(|| record.slot())
    }

    /// The slot of the series with these texts, if there is one.
    pub(crate) fn find(&self, texts: &[&str]) -> Option<u32> {
        self.find_texts(self.hash_texts(texts.iter().copied()), texts)
    }

    /// Counts a label set that contradicts its own type, or that there is no room for.
    pub(crate) fn drop_one(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// The slot of the series with these texts: the one that there is, a new one, or that of the overflow series.
    ///
    /// The hash is that of the texts that are kept. A label set may say something else each time it is asked, and is
    /// asked for its texts once before it comes here.
    ///
    /// `publish` is called with a slot and texts before anybody can find them.
    #[cold]
    pub(crate) fn find_or_create(
        &self,
        texts: &[&str],
        removed: Option<&Removed>,
        publish: &dyn Fn(u32, &[&str]),
    ) -> u32 {
        let hash = self.hash_texts(texts.iter().copied());
        if let Some(slot) = self.find_texts(hash, texts) {
            return slot;
        }
        let kept = self.max_series.saturating_mul(KEPT_PER_SHOWN);
        let full = || {
            let len = self.records.len();
            let hidden = removed.map_or(0, Removed::hidden);
            // The overflow series is itself a record.
            let overflow = usize::from(self.overflow.load(Ordering::Relaxed) != UNASSIGNED);
            len.saturating_sub(hidden + overflow) >= self.max_series || len >= kept
        };
        // Checked once without the lock: when a family is full, a thread that goes on inventing label sets shall not
        // make the others queue.
        if (!self.records.accept(texts) || full()) && self.overflow.load(Ordering::Relaxed) != UNASSIGNED {
            return self.overflow();
        }
        // Reserved before the lock is taken: an allocator that counts by label may be asked for memory here. Of two
        // threads that create the same series, one reserves for the next.
        let slot = match self.spare.swap(UNASSIGNED, Ordering::Relaxed) {
            UNASSIGNED => self.store.reserve(),
            spare => spare,
        };
        let mut append = self.records.append();
        if let Some(known) = self.find_texts(hash, texts) {
            self.spare.store(slot, Ordering::Relaxed);
            return known;
        }
        let is_new = self.records.accept(texts) && !full();
        if is_new {
            if texts.iter().any(|text| text.contains(['\\', '"', '\n'])) {
                self.escapes.store(true, Ordering::Relaxed);
            }
            publish(slot, texts);
            if self.add(&mut append, hash, texts, slot).is_ok() {
                return slot;
            }
        }
        if self.overflow.load(Ordering::Relaxed) == UNASSIGNED {
            let texts = [OVERFLOW; MAX_LABELS];
            let texts = texts.get(..self.records.labels()).unwrap_or(&texts);
            let hash = self.hash_texts(texts.iter().copied());
            let known = self.find_texts(hash, texts);
            if known.is_some() {
                self.spare.store(slot, Ordering::Relaxed);
            } else {
                publish(slot, texts);
                // The table can only be full to the last byte with label texts of hundreds of megabytes; then the
                // overflow series counts without being shown.
                let _ = self.add(&mut append, hash, texts, slot);
            }
            let slot = known.unwrap_or(slot);
            self.overflow.store(slot, Ordering::Relaxed);
        } else {
            self.spare.store(slot, Ordering::Relaxed);
        }
        drop(append);
        self.overflow()
    }

    fn add(&self, append: &mut Append<'_>, hash: u64, texts: &[&str], slot: u32) -> Result<(), Refused> {
        append.add(
            hash,
            texts,
            slot,
            |record| self.hash_texts(record.texts()),
            |text| self.hash_texts(std::iter::once(text)),
        )
    }

    fn overflow(&self) -> u32 {
        self.drop_one();
        self.overflow.load(Ordering::Relaxed)
    }

    fn find_texts(&self, hash: u64, texts: &[&str]) -> Option<u32> {
        if texts.len() != self.records.labels() {
            return None;
        }
        let record = self.records.find(hash, |record| record.texts().zip(texts).all(|(a, b)| same(a, b)))?;
        Some(record.slot())
    }
}

/// Whether a record has these texts, of which there are `count` in every record of the family.
#[inline(always)]
fn has<S: LabelSet>(record: Record<'_>, labels: &S, count: usize) -> bool {
    let mut texts = record.texts();
    let mut equal = true;
    // Where the impl is derived, the compiler counts, and nothing is left of this.
    let mut visited = 0;
    labels.visit(&mut |text| {
        visited += 1;
        equal = equal && texts.next().is_some_and(|seen| same(seen, text));
    });
    equal && visited == count
}
