//! From label texts to slots, read without waiting.
//!
//! A record is the slots of one series, and where its texts are. A reader hashes the texts it has, follows the index to
//! a record whose hash agrees and compares every text. It takes no lock and writes nothing. Writers take turns.
//!
//! A record whose series was removed is given to another label set: its [generation](Generation) ends, its texts are
//! replaced, its slots stay. Someone may be reading it at that time. What they read is atomic and in memory that is used
//! for nothing else, so they read words, from whichever label set; these belong to the generation that was valid before
//! they were read if it is valid behind that as well:
//!
//! - Who sees the texts of a later generation sees, behind a fence, that the earlier one has ended. They are written
//!   behind a fence that comes after the end. The same holds for the texts of another record, which may be written where
//!   those of this one were: writers take turns, so the end comes before the fence of the later writer.
//! - Who sees the later generation sees its texts or none. Where the texts are, and that they are withdrawn there, is
//!   written before it; their lengths are written after them.
//!
//! So a handle is that of the label set that it was asked for, or of no series at all from the start.

use super::{
    arena::{Arena, Full, Growth},
    gate::{self, Locked},
    index::{Index, Tables},
    memory::keep,
    slot::{Generation, Number, Slot},
    text_blocks::{Copied, LONGEST, NextIs, TextBlock, TextBlocks},
};
use std::{
    ptr::NonNull,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence},
    },
};

/// How often the texts of a record are read until they belong together. If they never do, the series came and went.
const TRIES: usize = 4;

#[repr(C)]
struct Head {
    generation: Generation,
    texts: AtomicPtr<AtomicU64>,
}

const HEAD: usize = size_of::<Head>();

/// One record: the slots and the texts of a label set.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    /// Not freed, even if the family is.
    head: &'static Head,
    place: u32,
    records: &'a Records,
}

impl<'a> Record<'a> {
    /// Which record it is.
    pub(crate) fn place(self) -> u32 {
        self.place
    }

    /// The first slot, whichever series it belongs to.
    #[inline(always)]
    pub(crate) fn first(self) -> u32 {
        self.head.generation.first()
    }

    #[inline(always)]
    fn block(self) -> TextBlock<'a> {
        // SAFETY: an obtained block, which is freed with the records.
        unsafe { TextBlock::at(NonNull::new_unchecked(self.head.texts.load(Ordering::Acquire))) }
    }

    /// Begins to compare the texts, of which there are as many as labels.
    #[inline(always)]
    pub(crate) fn compare(self, labels: usize) -> Comparison<'a, impl NextIs> {
        let number = self.head.generation.now();
        Comparison { record: self, number, texts: self.block().texts(labels) }
    }

    /// Begins to compare the texts, of which there are [few](super::FEW), if they are there.
    #[inline(always)]
    pub(crate) fn compare_few(self) -> Option<Comparison<'a, impl NextIs>> {
        let number = self.head.generation.now();
        Some(Comparison { record: self, number, texts: self.block().few_texts()? })
    }

    /// The slots, if this number is valid still.
    #[inline(always)]
    fn slot_of(self, number: Number) -> Option<Slot> {
        let generation = &self.head.generation;
        generation.is(number).then(|| Slot::new(generation, number))
    }

    /// The slots, whatever the texts are.
    pub(crate) fn slot(self) -> Slot {
        Slot::new(&self.head.generation, self.head.generation.now())
    }

    /// Adds the texts to others, and returns the slots that belong to them; nothing while they are replaced.
    ///
    /// Each series of each exposition comes here.
    #[inline(always)]
    pub(crate) fn read(self, copies: &mut Copies) -> Option<Slot> {
        match self.try_to_read(copies) {
            None => self.read_again(copies),
            slot => slot,
        }
    }

    #[cold]
    #[inline(never)]
    fn read_again(self, copies: &mut Copies) -> Option<Slot> {
        (1..TRIES).find_map(|_| self.try_to_read(copies))
    }

    #[inline(always)]
    fn try_to_read(self, copies: &mut Copies) -> Option<Slot> {
        let len = copies.words.len();
        let number = self.head.generation.now();
        if !self.block().copy_to(self.records.labels, &mut copies.words) {
            return None;
        }
        fence(Ordering::Acquire);
        let slot = self.slot_of(number);
        if slot.is_none() {
            // They do not belong together.
            copies.words.truncate(len);
        }
        slot
    }
}

/// A record whose texts are compared with others, one after the other.
pub(crate) struct Comparison<'a, T> {
    record: Record<'a>,
    number: Number,
    texts: T,
}

impl<T: NextIs> Comparison<'_, T> {
    /// Whether the next text is this one. To be asked until it is not.
    #[inline(always)]
    pub(crate) fn next_is(&mut self, text: &str) -> bool {
        self.texts.next_is(text)
    }

    /// The slots that belong to the texts. To be asked when they have been compared.
    #[inline(always)]
    pub(crate) fn slot(self) -> Option<Slot> {
        fence(Ordering::Acquire);
        self.record.slot_of(self.number)
    }
}

/// Texts of several records, copied.
#[derive(Default)]
pub(crate) struct Copies {
    /// Those of one record after the other, see [`TextBlock::copy_to`].
    words: Vec<u64>,
}

impl Copies {
    /// Forgets all of them.
    pub(crate) fn clear(&mut self) {
        self.words.clear();
    }

    /// Whether what is kept for them is no more than the usual texts of so many records take.
    pub(crate) fn is_short(&self, records: usize) -> bool {
        self.words.capacity() <= 64 * records
    }

    /// The texts of each record, in the order in which they were read.
    #[inline(always)]
    pub(crate) fn records(&self) -> impl Iterator<Item = impl Iterator<Item = &str>> {
        let mut rest = self.words.as_slice();
        // SAFETY: what is kept was copied from texts that belong together, as many as each record has.
        std::iter::from_fn(move || unsafe { Copied::take(&mut rest) })
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

struct Writer {
    growth: Growth,
    tables: Tables,
    blocks: TextBlocks,
}

/// The records of one family.
pub(crate) struct Records {
    labels: usize,
    index: Index,
    arena: Arena,
    len: AtomicUsize,
    dropped: &'static AtomicU64,
    writer: Mutex<Writer>,
}

/// The right to add records.
pub(crate) struct Append<'a> {
    records: &'a Records,
    writer: Locked<'a, Writer>,
}

impl Records {
    /// No records yet, for label sets of so many labels.
    pub(crate) fn new(labels: usize) -> Self {
        // SAFETY: kept.
        let dropped = unsafe { keep(AtomicU64::new(0)).as_ref() };
        let writer = Writer { growth: Growth::new(), tables: Tables::new(), blocks: TextBlocks::new() };
        Self {
            labels,
            index: Index::new(),
            arena: Arena::new(),
            len: AtomicUsize::new(0),
            dropped,
            writer: Mutex::new(writer),
        }
    }

    /// How many texts each record has.
    pub(crate) fn labels(&self) -> usize {
        self.labels
    }

    /// What was counted in none of these series.
    pub(crate) fn dropped(&self) -> &'static AtomicU64 {
        self.dropped
    }

    /// Whether there are as many texts as labels, none of them too long.
    pub(crate) fn accept(&self, texts: &[&str]) -> bool {
        texts.len() == self.labels && texts.iter().all(|text| text.len() <= LONGEST)
    }

    /// The number of records.
    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// A number that is even and the same before and after a search in vain if what was sought is not there.
    pub(crate) fn moves(&self) -> usize {
        self.index.moves()
    }

    /// The record that is most likely the one with this hash, if there is one.
    #[inline(always)]
    pub(crate) fn first(&self, hash: u64) -> Option<Record<'_>> {
        // SAFETY: the index holds places of records.
        self.index.first(hash).map(|place| unsafe { self.record(place) })
    }

    /// The slots of the record with this hash and these texts, and which record it is.
    pub(crate) fn find(&self, hash: u64, texts: &[&str]) -> Option<(Slot, u32)> {
        if texts.len() != self.labels {
            return None;
        }
        self.index.find(hash, |place| {
            // SAFETY: the index holds places of records.
            let mut comparison = unsafe { self.record(place) }.compare(self.labels);
            let same = texts.iter().all(|text| comparison.next_is(text));
            same.then(|| comparison.slot()).flatten().map(|slot| (slot, place))
        })
    }

    /// # Safety
    ///
    /// There is a record at `place`.
    #[inline(always)]
    unsafe fn record(&self, place: u32) -> Record<'_> {
        // SAFETY: by the caller's promise. Chunks of records are never freed.
        Record { head: unsafe { self.arena.view().at(place).cast().as_ref() }, place, records: self }
    }

    /// Some records at or behind a position, at most so many, and the position behind them. The first position is 0. None
    /// if there are no more. Records come in the order in which they were added; those added meanwhile may or may not be
    /// among them.
    #[inline]
    pub(crate) fn next(&self, position: u64, most: usize) -> Option<(impl Iterator<Item = Record<'_>>, u64)> {
        let (start, count, next) = self.arena.next(position, HEAD, most)?;
        let first = Arena::place_before(next, HEAD * count);
        let records = (0..count).map(move |at| {
            // SAFETY: what is in use there are records.
            let head = unsafe { start.cast::<Head>().add(at).as_ref() };
            Record { head, place: first + Arena::units(HEAD * at), records: self }
        });
        Some((records, next))
    }

    /// Waits for other writers, and becomes the one.
    pub(crate) fn append(&self) -> Append<'_> {
        Append { records: self, writer: gate::lock(&self.writer) }
    }

    fn hash_at(&self, place: u32) -> u64 {
        // SAFETY: called with places of the index.
        unsafe { self.record(place) }.block().hash()
    }
}

impl<'a> Append<'a> {
    /// Adds a record. The caller has made sure, since [`Records::append`], that there is none with these texts.
    /// No allocator is asked for anything that is not [`memory`](super::memory)'s: the lock is held.
    pub(crate) fn add(&mut self, hash: u64, texts: &[&str], first: u32) -> Result<Slot, Refused> {
        let records = self.records;
        // The texts come from an impl of a safe trait, which may say one thing and do another.
        if !records.accept(texts) {
            return Err(Refused);
        }
        let Writer { growth, tables, blocks } = &mut *self.writer;
        let start = blocks.obtain(TextBlock::needed(texts));
        // SAFETY: just obtained.
        let block = unsafe { TextBlock::at(start) };
        block.write(hash, texts);
        let head = Head {
            generation: Generation::new(first, records.dropped),
            texts: AtomicPtr::new(start.as_ptr()),
        };
        // SAFETY: that many bytes are written, where they are aligned: chunks are, and hold nothing else.
        let added = unsafe { records.arena.add(growth, HEAD, |place| place.cast().write(head)) };
        let place = match added {
            Ok(place) => place,
            Err(full) => {
                // SAFETY: obtained above.
                unsafe { blocks.give_back(start) };
                return Err(full.into());
            }
        };
        records.index.add(tables, hash, place, |place| records.hash_at(place));
        records.len.fetch_add(1, Ordering::Release);
        // SAFETY: just added.
        Ok(unsafe { records.record(place) }.slot())
    }

    /// The record at a place that a record had.
    pub(crate) fn record(&self, place: u32) -> Option<Record<'a>> {
        // Places are not taken back. One that never was a record's is not looked at.
        // SAFETY: there is a record where the arena says so.
        self.records.arena.has(place, HEAD).then(|| unsafe { self.records.record(place) })
    }

    /// Gives the slots of a record to a label set with other texts. The caller has made sure, since [`Records::append`],
    /// that there is none with these.
    ///
    /// `claim` decides. If it agrees, it has ended them [wholly](Ended::wholly), and has reset the slots at the same
    /// moment. Returns the new slots, or nothing if it did not agree.
    pub(crate) fn reuse(
        &mut self,
        record: Record<'a>,
        hash: u64,
        texts: &[&str],
        claim: impl FnOnce(&Ended<'_>) -> bool,
    ) -> Result<Option<Slot>, Refused> {
        let (records, head) = (self.records, record.head);
        if !records.accept(texts) || !head.generation.may_end() || !std::ptr::eq(records, record.records) {
            return Err(Refused);
        }
        let Writer { tables, blocks, .. } = &mut *self.writer;
        let old = record.block();
        let (old_hash, needed) = (old.hash(), TextBlock::needed(texts));
        // One long text shall not occupy much more than what is needed for ever.
        let fits = needed <= old.capacity() && old.capacity() <= 4 * needed + 4;
        let replacement = (!fits).then(|| blocks.obtain(needed));
        let end = Ended { head, old, replacement };
        let start = head.texts.load(Ordering::Relaxed);
        if !claim(&end) {
            if let Some(unused) = replacement {
                // SAFETY: obtained above.
                unsafe { blocks.give_back(unused) };
            }
            return Ok(None);
        }
        let place = record.place;
        let hash_at = |at| if at == place { old_hash } else { records.hash_at(at) };
        records.index.remove(tables, old_hash, place, hash_at);
        if let (true, Some(start)) = (replacement.is_some(), NonNull::new(start)) {
            // SAFETY: obtained for this record, which has another one now.
            unsafe { blocks.give_back(start) };
        }
        let block = record.block();
        block.write(hash, texts);
        records.index.add(tables, hash, place, |place| records.hash_at(place));
        Ok(Some(record.slot()))
    }
}

/// Ends what the slots of a record were.
pub(crate) struct Ended<'a> {
    head: &'a Head,
    old: TextBlock<'a>,
    replacement: Option<NonNull<AtomicU64>>,
}

impl Ended<'_> {
    /// Makes handles invalid. The record keeps its texts.
    pub(crate) fn for_handles(&self) {
        self.head.generation.end();
    }

    /// Makes handles invalid, and takes the texts away.
    pub(crate) fn wholly(&self) {
        match self.replacement {
            // There are no texts yet.
            Some(start) => self.head.texts.store(start.as_ptr(), Ordering::Release),
            None => self.old.withdraw(),
        }
        self.head.generation.end();
    }
}

/// The records of a family that is no more. Handles to its series may still be there, and look at their generations.
struct Abandoned {
    _arena: Arena,
    _growth: Growth,
    _dropped: &'static AtomicU64,
    next: *mut Self,
}

static ABANDONED: AtomicPtr<Abandoned> = AtomicPtr::new(std::ptr::null_mut());

impl Drop for Records {
    fn drop(&mut self) {
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: each with what belongs to it, and this is the end of all of them. Nobody looks at texts but who has
        // a reference to this.
        unsafe {
            self.index.free();
            writer.blocks.end();
        }
        let mut abandoned = keep(Abandoned {
            _arena: std::mem::replace(&mut self.arena, Arena::new()),
            _growth: std::mem::replace(&mut writer.growth, Growth::new()),
            _dropped: self.dropped,
            next: std::ptr::null_mut(),
        });
        let mut first = ABANDONED.load(Ordering::Relaxed);
        loop {
            // SAFETY: nobody else knows of it yet.
            unsafe { abandoned.as_mut() }.next = first;
            match ABANDONED.compare_exchange_weak(
                first,
                abandoned.as_ptr(),
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(seen) => first = seen,
            }
        }
    }
}
