//! An append-only table from label texts to slots, read without waiting.
//!
//! Records lie in chunks of memory that never move: the slot, the length of each text, the texts. An open-addressing
//! table of 32-bit entries (7 bits of hash, 25 bits of place) leads to them. A reader loads the table, follows
//! entries whose hash bits match and compares every text; it takes no lock and writes nothing. Writers take turns.
//! A table that has become too small is replaced and kept: a reader may still be in it, and all replaced tables
//! together are smaller than the present one.

use super::memory::{GRANULE, obtain};
use std::{
    ptr::{self, NonNull},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering},
    },
};

/// Records start at multiples of this: the size of a slot number. Wider units would name more memory, and waste more.
const UNIT: usize = 4;
/// The place of a record: chunk number and units from the chunk's start.
const PLACE_BITS: u32 = 25;
const PLACE_MASK: u32 = (1 << PLACE_BITS) - 1;
const UNITS_BITS: u32 = 13;
/// Bytes of a chunk that a place can name.
const CHUNK: usize = UNIT << UNITS_BITS;
/// The first chunk of a family is small; most families stay small.
const FIRST_CHUNK: usize = 4096;
const CHUNKS: usize = 1 << (PLACE_BITS - UNITS_BITS);
/// The head of a chunk: how many bytes are in use.
const CHUNK_HEAD: usize = size_of::<AtomicUsize>();
const FIRST_TABLE: usize = 16;

/// A chunk begins with the number of bytes in use, head included.
#[derive(Clone, Copy)]
struct Chunk(NonNull<u8>);

impl Chunk {
    fn used(self) -> &'static AtomicUsize {
        // SAFETY: chunks are never freed while their `Records` lives, which hands out nothing for longer (see
        // `Record`), and begin with this atomic, zeroed at first and suitably aligned.
        unsafe { self.0.cast().as_ref() }
    }
}

/// A table: `mask + 1` entries.
struct Table {
    mask: usize,
    entries: NonNull<AtomicU32>,
}

impl Table {
    fn new(capacity: usize) -> Self {
        let words = (capacity / 2).next_multiple_of(GRANULE);
        Self { mask: capacity - 1, entries: obtain(words).cast() }
    }

    #[inline]
    fn entry(&self, index: usize) -> &AtomicU32 {
        // SAFETY: the mask keeps the index below the capacity, and zeroed memory is valid atomics.
        unsafe { self.entries.add(index & self.mask).as_ref() }
    }

    /// Puts an entry into the first free place on its path.
    fn put(&self, hash: u64, place: u32) {
        let mut index = hash as usize;
        while self.entry(index).load(Ordering::Relaxed) != 0 {
            index += 1;
        }
        // Publishes the record's bytes to readers, which load with `Acquire`.
        self.entry(index).store(tag(hash) | place, Ordering::Release);
    }
}

#[inline]
fn tag(hash: u64) -> u32 {
    // The top bits; the low ones choose the index.
    ((hash >> 57) as u32) << PLACE_BITS
}

/// One record: a slot and the texts of a label set.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    start: NonNull<u8>,
    labels: usize,
    records: std::marker::PhantomData<&'a Records>,
}

impl<'a> Record<'a> {
    /// The first slot.
    #[inline]
    pub(crate) fn slot(&self) -> u32 {
        // SAFETY: records begin with the slot, at an address that is a multiple of four.
        unsafe { self.start.cast::<u32>().read() }
    }

    #[inline]
    fn len_of(&self, label: usize) -> usize {
        debug_assert!(label < self.labels);
        // SAFETY: after the slot come as many lengths as there are labels.
        usize::from(unsafe { self.start.add(4).cast::<u16>().add(label).read() })
    }

    /// Starts reading the texts from the first.
    #[inline]
    pub(crate) fn texts(&self) -> Texts<'a> {
        let head = 4 + 2 * self.labels;
        // SAFETY: the texts follow the lengths.
        Texts { record: *self, label: 0, text: unsafe { self.start.add(head) } }
    }
}

/// The texts of a record, in order.
pub(crate) struct Texts<'a> {
    record: Record<'a>,
    label: usize,
    text: NonNull<u8>,
}

impl<'a> Iterator for Texts<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        if self.label == self.record.labels {
            return None;
        }
        let len = self.record.len_of(self.label);
        self.label += 1;
        // SAFETY: `append` wrote a text of this length here, before the record was published, and nothing writes to
        // it again. The record lives as long as the `Records` it borrows from.
        let text =
            unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(self.text.as_ptr(), len)) };
        // SAFETY: at most one past the end of the record, which is inside or at the end of its chunk.
        self.text = unsafe { self.text.add(len) };
        Some(text)
    }
}

/// Why a record could not be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The texts together do not fit into one chunk of 32 KiB.
    TooLong,
    /// All chunks are full.
    Full,
}

struct Writer {
    /// The directory's capacity; as many chunks are in it as `Records::chunks` says.
    directory_len: usize,
    /// Replaced tables and directories, freed with the family.
    tables: Vec<*mut Table>,
    directories: Vec<(NonNull<u64>, usize)>,
}

// SAFETY: the pointers are owned, and only followed by `Drop`.
unsafe impl Send for Writer {}

/// The records of one family.
pub(crate) struct Records {
    labels: usize,
    table: AtomicPtr<Table>,
    /// An array of chunk addresses.
    directory: AtomicPtr<Chunk>,
    chunks: AtomicUsize,
    len: AtomicUsize,
    writer: Mutex<Writer>,
}

// SAFETY: what the pointers lead to is only changed through atomics, or before it is published.
unsafe impl Send for Records {}
unsafe impl Sync for Records {}

/// The right to add records.
pub(crate) struct Append<'a> {
    records: &'a Records,
    writer: std::sync::MutexGuard<'a, Writer>,
}

impl Records {
    /// No records yet, for label sets of so many labels.
    pub(crate) fn new(labels: usize) -> Self {
        Self {
            labels,
            table: AtomicPtr::new(ptr::null_mut()),
            directory: AtomicPtr::new(ptr::null_mut()),
            chunks: AtomicUsize::new(0),
            len: AtomicUsize::new(0),
            writer: Mutex::new(Writer { directory_len: 0, tables: Vec::new(), directories: Vec::new() }),
        }
    }

    /// The number of records.
    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// The record with this hash that `same` accepts.
    #[inline]
    pub(crate) fn find(&self, hash: u64, mut same: impl FnMut(Record<'_>) -> bool) -> Option<Record<'_>> {
        let table = self.table.load(Ordering::Acquire);
        // SAFETY: null, or a table that is kept until `self` is dropped.
        let table = unsafe { table.as_ref() }?;
        let tag = tag(hash);
        let mut index = hash as usize;
        loop {
            let entry = table.entry(index).load(Ordering::Acquire);
            if entry == 0 {
                return None;
            }
            if entry & !PLACE_MASK == tag {
                let record = self.record(entry & PLACE_MASK);
                if same(record) {
                    return Some(record);
                }
            }
            index += 1;
        }
    }

    #[inline]
    fn record(&self, place: u32) -> Record<'_> {
        let chunk = (place >> UNITS_BITS) as usize;
        let offset = (place as usize & ((1 << UNITS_BITS) - 1)) * UNIT;
        // SAFETY: a published place names a chunk that was put into the directory before, and a record in it.
        let start = unsafe { (*self.directory.load(Ordering::Acquire).add(chunk)).0.add(offset) };
        Record { start, labels: self.labels, records: std::marker::PhantomData }
    }

    /// All records, in the order in which they were added. Those added meanwhile may or may not be among them.
    pub(crate) fn iter(&self) -> Iter<'_> {
        self.iter_from(0)
    }

    /// The same from where another iteration [was](Iter::position), or from 0.
    pub(crate) fn iter_from(&self, position: u64) -> Iter<'_> {
        let (chunk, offset) = (position / CHUNK as u64, position % CHUNK as u64);
        Iter { records: self, chunk: chunk as usize, offset: (offset as usize).max(CHUNK_HEAD) }
    }

    /// Waits for other writers, and becomes the one.
    pub(crate) fn append(&self) -> Append<'_> {
        Append { records: self, writer: self.writer.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}

impl Append<'_> {
    /// Adds a record. The caller has made sure, since [`Records::append`], that there is none with these texts.
    /// `hash_of` hashes a record as the caller hashes label sets.
    pub(crate) fn add(
        &mut self,
        hash: u64,
        texts: &[&str],
        slot: impl FnOnce() -> u32,
        hash_of: impl Fn(Record<'_>) -> u64,
    ) -> Result<u32, Refused> {
        debug_assert_eq!(texts.len(), self.records.labels);
        let size = 4 + 2 * texts.len() + texts.iter().map(|text| text.len()).sum::<usize>();
        if size > CHUNK - CHUNK_HEAD {
            return Err(Refused::TooLong);
        }
        let (place, start, chunk) = self.room(size)?;
        let slot = slot();
        // SAFETY: `room` answers `size` free bytes at a multiple of four, and nobody reads them before they are
        // published below.
        unsafe {
            start.cast::<u32>().write(slot);
            let lens = start.add(4).cast::<u16>();
            let mut text_start = lens.add(texts.len()).cast::<u8>();
            for (label, text) in texts.iter().enumerate() {
                lens.add(label).write(text.len() as u16);
                text_start.copy_from_nonoverlapping(NonNull::from(text.as_bytes()).cast(), text.len());
                text_start = text_start.add(text.len());
            }
        }
        chunk.used().fetch_add(size.next_multiple_of(UNIT), Ordering::Release);
        self.reserve_entry(hash_of);
        // SAFETY: `reserve_entry` left a table there.
        unsafe { &*self.records.table.load(Ordering::Relaxed) }.put(hash, place);
        self.records.len.fetch_add(1, Ordering::Release);
        Ok(slot)
    }

    /// Finds room for a record: its place, its address and its chunk.
    fn room(&mut self, size: usize) -> Result<(u32, NonNull<u8>, Chunk), Refused> {
        let chunks = self.records.chunks.load(Ordering::Relaxed);
        if let Some(last) = chunks.checked_sub(1) {
            // SAFETY: `chunks` chunks are in the directory.
            let chunk = unsafe { *self.records.directory.load(Ordering::Relaxed).add(last) };
            let used = chunk.used().load(Ordering::Relaxed);
            let capacity = if last == 0 { FIRST_CHUNK } else { CHUNK };
            if used + size <= capacity {
                // SAFETY: inside the chunk.
                return Ok((place(last, used), unsafe { chunk.0.add(used) }, chunk));
            }
        }
        if chunks == CHUNKS {
            return Err(Refused::Full);
        }
        // A record that is longer than the small first chunk goes to the second.
        let chunks =
            if chunks == 0 && size + CHUNK_HEAD > FIRST_CHUNK { self.new_chunk(0) + 1 } else { chunks };
        let last = self.new_chunk(chunks);
        // SAFETY: just put there.
        let chunk = unsafe { *self.records.directory.load(Ordering::Relaxed).add(last) };
        // SAFETY: inside the chunk.
        Ok((place(last, CHUNK_HEAD), unsafe { chunk.0.add(CHUNK_HEAD) }, chunk))
    }

    /// Adds an empty chunk to the directory, and answers its number.
    fn new_chunk(&mut self, number: usize) -> usize {
        let size = if number == 0 { FIRST_CHUNK } else { CHUNK };
        let chunk = Chunk(obtain(size / size_of::<u64>()).cast());
        chunk.used().store(CHUNK_HEAD, Ordering::Relaxed);
        if number == self.writer.directory_len {
            let len = (number * 2).max(GRANULE);
            let larger = obtain(len).cast::<Chunk>();
            let old = self.records.directory.load(Ordering::Relaxed);
            // SAFETY: the new directory is longer than the old one, which has `number` entries, and not yet shared.
            unsafe {
                if !old.is_null() {
                    ptr::copy_nonoverlapping(old, larger.as_ptr(), number);
                }
                larger.add(number).write(chunk);
            }
            self.writer.directories.push((larger.cast(), len));
            self.writer.directory_len = len;
            self.records.directory.store(larger.as_ptr(), Ordering::Release);
        } else {
            // SAFETY: within the directory's length, and readers do not look at an entry before `chunks`, or a
            // place in the table, says that it is there.
            unsafe { self.records.directory.load(Ordering::Relaxed).add(number).write(chunk) };
        }
        self.records.chunks.store(number + 1, Ordering::Release);
        number
    }

    /// Makes sure that the table has room for one more entry.
    fn reserve_entry(&mut self, hash_of: impl Fn(Record<'_>) -> u64) {
        let old = self.records.table.load(Ordering::Relaxed);
        // SAFETY: null, or a table that is kept.
        let capacity = unsafe { old.as_ref() }.map_or(0, |table| table.mask + 1);
        let len = self.records.len.load(Ordering::Relaxed);
        // Up to 13/16 full, an unsuccessful search looks at some 15 entries: one cache line.
        if (len + 1) * 16 <= capacity * 13 {
            return;
        }
        let larger = Table::new((capacity * 2).max(FIRST_TABLE));
        // SAFETY: as above.
        if let Some(old) = unsafe { old.as_ref() } {
            for index in 0..capacity {
                let entry = old.entry(index).load(Ordering::Relaxed);
                if entry != 0 {
                    let place = entry & PLACE_MASK;
                    larger.put(hash_of(self.records.record(place)), place);
                }
            }
        }
        let larger = Box::into_raw(Box::new(larger));
        self.writer.tables.push(larger);
        self.records.table.store(larger, Ordering::Release);
    }
}

fn place(chunk: usize, offset: usize) -> u32 {
    ((chunk << UNITS_BITS) | (offset / UNIT)) as u32
}

/// See [`Records::iter`].
pub(crate) struct Iter<'a> {
    records: &'a Records,
    chunk: usize,
    offset: usize,
}

impl Iter<'_> {
    /// Where this iteration is.
    pub(crate) fn position(&self) -> u64 {
        // At the end of a full chunk this is the beginning of the next.
        (self.chunk * CHUNK + self.offset) as u64
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Record<'a>;

    #[inline]
    fn next(&mut self) -> Option<Record<'a>> {
        loop {
            if self.chunk >= self.records.chunks.load(Ordering::Acquire) {
                return None;
            }
            // SAFETY: the chunk is in the directory.
            let chunk = unsafe { *self.records.directory.load(Ordering::Acquire).add(self.chunk) };
            if self.offset < chunk.used().load(Ordering::Acquire) {
                // SAFETY: below `used` there are whole records.
                let start = unsafe { chunk.0.add(self.offset) };
                let record = Record { start, labels: self.records.labels, records: std::marker::PhantomData };
                let texts: usize = (0..record.labels).map(|label| record.len_of(label)).sum();
                self.offset += (4 + 2 * record.labels + texts).next_multiple_of(UNIT);
                return Some(record);
            }
            self.chunk += 1;
            self.offset = CHUNK_HEAD;
        }
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: all of it was obtained or boxed with these sizes, is owned by `self` alone, and nobody has a
        // reference any more.
        unsafe {
            let directory = *self.directory.get_mut();
            for number in 0..*self.chunks.get_mut() {
                let size = if number == 0 { FIRST_CHUNK } else { CHUNK };
                super::memory::release((*directory.add(number)).0.cast(), size / size_of::<u64>());
            }
            for (directory, len) in writer.directories.drain(..) {
                super::memory::release(directory.cast(), len);
            }
            for table in writer.tables.drain(..) {
                let table = Box::from_raw(table);
                super::memory::release(
                    table.entries.cast(),
                    (table.mask.div_ceil(2)).next_multiple_of(GRANULE),
                );
            }
        }
    }
}
