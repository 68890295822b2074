//! From label texts to slots, in memory that is only added to and read without waiting.
//!
//! Every text is kept once, however many series have it; a record is a slot and the places of its texts. A reader
//! hashes the texts it has, follows the index to records whose hash agrees and compares every text. It takes no lock
//! and writes nothing. Writers take turns.

use super::{
    arena::{Arena, Full, Growth, LONGEST, View},
    index::{Index, Tables},
};
use std::{
    ptr::NonNull,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// The most texts of a record.
const MOST_LABELS: usize = 16;

/// The length that precedes a text.
const TEXT_HEAD: usize = size_of::<u16>();
const SLOT: usize = size_of::<u32>();
const PLACE: usize = size_of::<u32>();

/// One record: a slot and the texts of a label set.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    start: NonNull<u8>,
    records: &'a Records,
}

impl<'a> Record<'a> {
    /// The first slot.
    #[inline(always)]
    pub(crate) fn slot(&self) -> u32 {
        // SAFETY: records begin with the slot, at an address that is a multiple of four.
        unsafe { self.start.cast::<u32>().read() }
    }

    /// The texts, in order.
    #[inline(always)]
    pub(crate) fn texts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let (start, records) = (self.start, self.records);
        let texts = records.text_arena.view();
        (0..records.labels).map(move |label| {
            // SAFETY: after the slot come as many places of texts as there are labels, put there before.
            unsafe { text(texts, start.add(SLOT).cast::<u32>().add(label).read()) }
        })
    }
}

/// Why a record could not be added: a text is longer than 32 KiB, there are more or fewer texts than labels, or there
/// is no room left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused;

impl From<Full> for Refused {
    fn from(_: Full) -> Self {
        Self
    }
}

/// # Safety
///
/// There was a text at `place` before the view was taken, and its arena lives as long as the text is used.
#[inline(always)]
unsafe fn text<'a>(texts: View, place: u32) -> &'a str {
    // SAFETY: `add_text` wrote a length and a text of that length there, and nobody writes there again.
    unsafe {
        let start = texts.at(place);
        let len = usize::from(start.cast::<u16>().read());
        let bytes = std::slice::from_raw_parts(start.add(TEXT_HEAD).as_ptr(), len);
        std::str::from_utf8_unchecked(bytes)
    }
}

struct Writer {
    texts: (Growth, Tables),
    records: (Growth, Tables),
}

/// The records of one family.
pub(crate) struct Records {
    labels: usize,
    index: Index,
    arena: Arena,
    text_index: Index,
    text_arena: Arena,
    len: AtomicUsize,
    writer: Mutex<Writer>,
}

/// The right to add records.
pub(crate) struct Append<'a> {
    records: &'a Records,
    writer: MutexGuard<'a, Writer>,
}

impl Records {
    /// No records yet, for label sets of so many labels.
    pub(crate) fn new(labels: usize) -> Self {
        Self {
            labels,
            index: Index::new(),
            arena: Arena::new(),
            text_index: Index::new(),
            text_arena: Arena::new(),
            len: AtomicUsize::new(0),
            writer: Mutex::new(Writer {
                texts: (Growth::new(), Tables::new()),
                records: (Growth::new(), Tables::new()),
            }),
        }
    }

    /// How many texts each record has.
    pub(crate) fn labels(&self) -> usize {
        self.labels
    }

    /// Whether there are as many texts as labels, none of them too long.
    pub(crate) fn accept(&self, texts: &[&str]) -> bool {
        texts.len() == self.labels && texts.iter().all(|text| TEXT_HEAD + text.len() <= LONGEST)
    }

    /// The number of records.
    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// The record that is most likely the one with this hash, or none if there is none.
    #[inline(always)]
    pub(crate) fn first(&self, hash: u64) -> Option<Record<'_>> {
        // SAFETY: the index holds places of records.
        self.index.first(hash).map(|place| unsafe { self.record(place) })
    }

    /// The record with this hash that `same` accepts.
    pub(crate) fn find(&self, hash: u64, mut same: impl FnMut(Record<'_>) -> bool) -> Option<Record<'_>> {
        self.index.find(hash, |place| {
            // SAFETY: the index holds places of records.
            let record = unsafe { self.record(place) };
            same(record).then_some(record)
        })
    }

    /// # Safety
    ///
    /// There is a record at `place`.
    #[inline(always)]
    unsafe fn record(&self, place: u32) -> Record<'_> {
        // SAFETY: by the caller's promise.
        Record { start: unsafe { self.arena.view().at(place) }, records: self }
    }

    /// The next record at or behind a position, and the position of the one after it. The first position is 0.
    /// Records come in the order in which they were added; those added meanwhile may or may not be among them.
    #[inline]
    pub(crate) fn next(&self, position: u64) -> Option<(Record<'_>, u64)> {
        let (start, next) = self.arena.next(position, SLOT + PLACE * self.labels)?;
        Some((Record { start, records: self }, next))
    }

    /// Waits for other writers, and becomes the one.
    pub(crate) fn append(&self) -> Append<'_> {
        Append { records: self, writer: self.writer.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}

impl Append<'_> {
    /// Adds a record. The caller has made sure, since [`Records::append`], that there is none with these texts.
    /// No allocator is asked for anything that is not [`memory`](super::memory)'s: the lock is held.
    ///
    /// `hash_record` hashes a record as the caller hashes label sets, `hash_text` one text in whatever way.
    pub(crate) fn add(
        &mut self,
        hash: u64,
        texts: &[&str],
        slot: u32,
        hash_record: impl Fn(Record<'_>) -> u64,
        hash_text: impl Fn(&str) -> u64,
    ) -> Result<(), Refused> {
        // Readers go from record to record by the number of labels. The texts come from an impl of a safe trait, which
        // may say one thing and do another.
        let mut places = [0; MOST_LABELS];
        let Some(places) = places.get_mut(..texts.len()).filter(|_| texts.len() == self.records.labels)
        else {
            return Err(Refused);
        };
        for (text, place) in texts.iter().zip(&mut *places) {
            *place = self.add_text(text, &hash_text)?;
        }
        let records = self.records;
        let (growth, tables) = &mut self.writer.records;
        let len = SLOT + PLACE * places.len();
        // SAFETY: `len` bytes are written: a slot and the places.
        let place = unsafe {
            records.arena.add(growth, len, |start| {
                start.cast::<u32>().write(slot);
                let first = start.add(SLOT).cast::<u32>();
                for (label, place) in places.iter().enumerate() {
                    first.add(label).write(*place);
                }
            })
        }?;
        // SAFETY: the index holds places of records.
        records.index.add(tables, hash, place, |place| hash_record(unsafe { records.record(place) }));
        records.len.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// The place of a text: where it is already, or a new one.
    fn add_text(&mut self, text: &str, hash_text: impl Fn(&str) -> u64) -> Result<u32, Refused> {
        let records = self.records;
        let hash = hash_text(text);
        let known = records.text_index.find(hash, |place| {
            // SAFETY: the index holds places of texts.
            let known = unsafe { self::text(records.text_arena.view(), place) };
            (known == text).then_some(place)
        });
        if let Some(place) = known {
            return Ok(place);
        }
        let len = TEXT_HEAD + text.len();
        // Also what keeps the length within 16 bits.
        if len > LONGEST {
            return Err(Refused);
        }
        let (growth, tables) = &mut self.writer.texts;
        // SAFETY: `len` bytes are written: the length and the text.
        let place = unsafe {
            records.text_arena.add(growth, len, |start| {
                start.cast::<u16>().write(text.len() as u16);
                let bytes = NonNull::from(text.as_bytes()).cast();
                start.add(TEXT_HEAD).copy_from_nonoverlapping(bytes, text.len());
            })
        }?;
        // SAFETY: as above.
        let text_at = |place| unsafe { self::text(records.text_arena.view(), place) };
        records.text_index.add(tables, hash, place, |place| hash_text(text_at(place)));
        Ok(place)
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: each with what belongs to it, and this is the end of all of them.
        unsafe {
            self.text_arena.free(&mut writer.texts.0);
            self.text_index.free();
            self.arena.free(&mut writer.records.0);
            self.index.free();
        }
    }
}
