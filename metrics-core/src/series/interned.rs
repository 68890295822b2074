//! Series of label sets with open values: found by hash and comparison, created under a cap.

use super::{removed::Removed, store::Store};
use crate::{
    cell::{Append, Record, Records, Refused, UNASSIGNED},
    label::{Hasher, LabelSet, OVERFLOW, Seed, same},
};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// Removed series keep their texts and slots, since handles to them may still exist, and take them up again when they
/// return. Together with those shown they may be this many times the cap; then new label sets overflow.
const KEPT_PER_SHOWN: usize = 8;

pub(crate) struct Interned {
    seed: Seed,
    records: Records,
    store: Store,
    max_series: usize,
    /// The slot of the overflow series, once there is one.
    overflow: AtomicU32,
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
    pub(crate) fn first<S: LabelSet>(&self, hash: u64, labels: &S) -> Option<u32> {
        let record = self.records.first(hash)?;
        has(record, labels).then(|| record.slot())
    }

    /// The slot of a label set that has been seen before.
    pub(crate) fn find<S: LabelSet>(&self, hash: u64, labels: &S) -> Option<u32> {
        Some(self.records.find(hash, |record| has(record, labels))?.slot())
    }

    /// The slot of a label set that [`find`](Self::find) did not find: a new one, or that of the overflow series.
    #[cold]
    pub(crate) fn create(&self, hash: u64, texts: &[String], removed: Option<&Removed>) -> u32 {
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
        if full() && self.overflow.load(Ordering::Relaxed) != UNASSIGNED {
            return self.overflow();
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut append = self.records.append();
        if let Some(slot) = self.find_texts(hash, &texts) {
            return slot;
        }
        if !full() {
            if texts.iter().any(|text| text.contains(['\\', '"', '\n'])) {
                self.escapes.store(true, Ordering::Relaxed);
            }
            if let Ok(slot) = self.add(&mut append, hash, &texts) {
                return slot;
            }
        }
        if self.overflow.load(Ordering::Relaxed) == UNASSIGNED {
            let texts = vec![OVERFLOW; texts.len()];
            let hash = self.hash_texts(texts.iter().copied());
            let slot = self.find_texts(hash, &texts).map_or_else(|| self.add(&mut append, hash, &texts), Ok);
            // The table can only be full to the last byte with label texts of hundreds of megabytes; then the
            // overflow series counts without being shown.
            let slot = slot.unwrap_or_else(|_| self.store.reserve());
            self.overflow.store(slot, Ordering::Relaxed);
        }
        drop(append);
        self.overflow()
    }

    fn add(&self, append: &mut Append<'_>, hash: u64, texts: &[&str]) -> Result<u32, Refused> {
        append.add(
            hash,
            texts,
            || self.store.reserve(),
            |record| self.hash_texts(record.texts()),
            |text| self.hash_texts(std::iter::once(text)),
        )
    }

    fn overflow(&self) -> u32 {
        self.dropped.fetch_add(1, Ordering::Relaxed);
        self.overflow.load(Ordering::Relaxed)
    }

    fn find_texts(&self, hash: u64, texts: &[&str]) -> Option<u32> {
        let record = self.records.find(hash, |record| record.texts().zip(texts).all(|(a, b)| same(a, b)))?;
        Some(record.slot())
    }
}

/// Whether a record has these texts.
#[inline(always)]
fn has<S: LabelSet>(record: Record<'_>, labels: &S) -> bool {
    let mut texts = record.texts();
    let mut equal = true;
    labels.visit(&mut |text| equal = equal && texts.next().is_some_and(|seen| same(seen, text)));
    equal
}
