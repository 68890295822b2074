//! The directory of the file: which series there are, and where they are counted.

use super::{
    shared::{
        Growth, SHARED,
        format::{at, chunk, record},
        now,
    },
    side::Side,
};
use std::{
    ptr,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering, fence},
    },
    time::Duration,
};

/// The least that the directory grows by, and the most unless a record is longer.
const LEAST: usize = 1 << 14;
const MOST: usize = 1 << 20;

/// A family, as the directory has it.
pub(crate) struct FamilyRecord<'a> {
    pub(crate) name: &'a str,
    pub(crate) help: &'a str,
    pub(crate) unit: &'a str,
    /// The kind of metric, as a number.
    pub(crate) metric: u8,
    pub(crate) mode: u8,
    pub(crate) flags: u8,
    /// What a word holds that is not set.
    pub(crate) absent: u64,
    pub(crate) labels: &'a [&'a str],
    pub(crate) bounds: &'a [f64],
    pub(crate) states: &'a [&'a str],
}

/// A series, as the directory has it.
#[derive(Clone, Copy)]
pub(crate) struct SeriesRecord<'a> {
    pub(crate) family: u32,
    pub(crate) first: u32,
    /// How many cells there are; 0 if it is a word.
    pub(crate) width: u16,
    /// Where the floats are from the first cell on, and how many.
    pub(crate) floats: (u16, u16),
    pub(crate) integers: (u16, u16),
    pub(crate) hides_zero: bool,
    pub(crate) texts: &'a [&'a str],
}

/// A bucket of a native histogram.
#[derive(Clone, Copy)]
pub(crate) struct NativeRecord {
    /// The first slot of the series.
    pub(crate) series: u32,
    pub(crate) cell: u32,
    pub(crate) key: i32,
    pub(crate) schema: i8,
    pub(crate) side: u8,
    pub(crate) threshold: f64,
}

/// Names and values that may be written again: facts, or an exemplar.
pub(crate) struct Note<P> {
    pub(crate) kind: u32,
    /// The first slot of the series, or the number of the family.
    pub(crate) owner: u32,
    /// Which of several.
    pub(crate) place: u32,
    pub(crate) value: f64,
    /// Nanoseconds since 1970.
    pub(crate) time: u64,
    pub(crate) pairs: P,
}

pub(super) struct Writer {
    /// Where the next record goes, as an address.
    next: usize,
    left: usize,
    /// How long the directory is, the rest of the last chunk not included.
    len: u64,
    families: u32,
}

static WRITER: Mutex<Writer> = Mutex::new(Writer { next: 0, left: 0, len: 0, families: 0 });

/// Where the record of each series is, by its first slot or word, and that of each native bucket, by its slot.
static CELLS: Side = Side::new();
static WORDS: Side = Side::new();

/// How often this process was forked off since it counts in a file.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Whether other processes read what is counted. They know of no resets: cells of series that were removed keep what they
/// hold.
#[inline]
pub(crate) fn is_shared() -> bool {
    SHARED.is_on()
}

/// How often this process was forked off since it counts in a file. Its cells began at zero each time.
#[inline]
pub(crate) fn forks() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

pub(super) fn lock() -> MutexGuard<'static, Writer> {
    WRITER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes one number or text after the other.
struct Cursor(*mut u8);

impl Cursor {
    /// # Safety
    ///
    /// There is room for as many bytes.
    unsafe fn put(&mut self, bytes: &[u8]) {
        // SAFETY: by the caller's promise.
        unsafe {
            self.0.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            self.0 = self.0.add(bytes.len());
        }
    }

    /// # Safety
    ///
    /// As for [`put`](Self::put), with four bytes more.
    unsafe fn text(&mut self, text: &str) {
        // SAFETY: by the caller's promise.
        unsafe {
            self.put(&(text.len() as u32).to_ne_bytes());
            self.put(text.as_bytes());
        }
    }
}

fn text_len(text: &str) -> usize {
    size_of::<u32>() + text.len()
}

fn texts_len(texts: &[&str]) -> usize {
    texts.iter().copied().map(text_len).sum()
}

impl Writer {
    /// Adds a record of so many bytes and this kind, which `write` writes behind its head. Returns its address.
    ///
    /// # Safety
    ///
    /// `write` writes no more than that.
    unsafe fn add(&mut self, kind: u32, len: usize, write: impl FnOnce(*mut u8)) -> Option<usize> {
        let len = len.next_multiple_of(8);
        if self.left < len {
            let wanted = (self.len as usize).clamp(LEAST, MOST).max(len);
            let first = self.len + self.left as u64;
            let (memory, obtained) = SHARED.obtain_directory(first, wanted)?;
            if self.left > 0 {
                // SAFETY: records are multiples of eight, so there is room for the head of one.
                unsafe { head(self.next, self.left, record::NOTHING) };
                self.len = first;
            }
            (self.next, self.left) = (memory.as_ptr().expose_provenance(), obtained);
        }
        let address = self.next;
        // SAFETY: there is room for the record, and nobody looks at it yet.
        unsafe { head(address, len, kind) };
        write(ptr::with_exposed_provenance_mut(address));
        (self.next, self.left) = (self.next + len, self.left - len);
        self.len += len as u64;
        // Publishes the record, and all before it.
        SHARED.header(at::DIRECTORY).store(self.len, Ordering::Release);
        Some(address)
    }
}

/// # Safety
///
/// There is room for it.
unsafe fn head(address: usize, len: usize, kind: u32) {
    let record = ptr::with_exposed_provenance_mut::<u8>(address);
    // SAFETY: by the caller's promise.
    unsafe {
        record.add(record::LEN).cast::<u32>().write(len as u32);
        record.add(record::KIND).cast::<u32>().write(kind);
    }
}

/// Adds a family. Returns its number, or nothing if there is no file or no room in it.
pub(crate) fn family(family: &FamilyRecord<'_>) -> Option<u32> {
    use record::family as f;
    if !SHARED.is_on() {
        return None;
    }
    let len = f::REST
        + text_len(family.name)
        + text_len(family.help)
        + text_len(family.unit)
        + 12
        + texts_len(family.labels)
        + size_of_val(family.bounds)
        + texts_len(family.states);
    let mut writer = lock();
    let number = writer.families;
    // SAFETY: the length is that of all that is written.
    unsafe {
        writer.add(record::FAMILY, len, |start| {
            start.add(f::NUMBER).cast::<u32>().write(number);
            start.add(f::METRIC).write(family.metric);
            start.add(f::MODE).write(family.mode);
            start.add(f::FLAGS).write(family.flags);
            start.add(f::ABSENT).cast::<u64>().write(family.absent);
            let mut cursor = Cursor(start.add(f::REST));
            cursor.text(family.name);
            cursor.text(family.help);
            cursor.text(family.unit);
            cursor.put(&(family.labels.len() as u32).to_ne_bytes());
            family.labels.iter().for_each(|label| cursor.text(label));
            cursor.put(&(family.bounds.len() as u32).to_ne_bytes());
            family.bounds.iter().for_each(|bound| cursor.put(&bound.to_ne_bytes()));
            cursor.put(&(family.states.len() as u32).to_ne_bytes());
            family.states.iter().for_each(|state| cursor.text(state));
        })?;
    }
    writer.families += 1;
    Some(number)
}

/// Adds a series. From then on, what is counted in its cells is seen.
pub(crate) fn series(series: SeriesRecord<'_>) {
    use record::series as s;
    if !SHARED.is_on() {
        return;
    }
    let base = usize::from(series.width) * size_of::<u64>();
    let len = s::BASE + base + texts_len(series.texts);
    // SAFETY: the length is that of all that is written.
    let address = unsafe {
        lock().add(record::SERIES, len, |start| {
            start.add(s::FAMILY).cast::<u32>().write(series.family);
            start.add(s::FIRST).cast::<u32>().write(series.first);
            let put = |at: usize, number: u16| start.add(at).cast::<u16>().write(number);
            put(s::WIDTH, series.width);
            put(s::FLAGS, if series.hides_zero { s::HIDE_ZERO } else { 0 });
            put(s::FLOATS_AT, series.floats.0);
            put(s::FLOATS, series.floats.1);
            put(s::INTEGERS_AT, series.integers.0);
            put(s::INTEGERS, series.integers.1);
            put(s::TEXTS, series.texts.len() as u16);
            start.add(s::CREATED).cast::<u64>().write(now());
            let mut cursor = Cursor(start.add(s::BASE + base));
            series.texts.iter().for_each(|text| cursor.text(text));
        })
    };
    if let Some(address) = address {
        if series.width == 0 { &WORDS } else { &CELLS }.set(series.first, address as u64);
    }
}

/// Adds a bucket of a native histogram.
pub(crate) fn native(bucket: NativeRecord) {
    use record::native as n;
    if !SHARED.is_on() {
        return;
    }
    // SAFETY: the length is that of all that is written.
    let address = unsafe {
        lock().add(record::NATIVE, n::SIZE, |start| {
            start.add(n::SERIES).cast::<u32>().write(bucket.series);
            start.add(n::CELL).cast::<u32>().write(bucket.cell);
            start.add(n::KEY).cast::<i32>().write(bucket.key);
            start.add(n::SCHEMA).cast::<i8>().write(bucket.schema);
            start.add(n::SIDE).write(bucket.side);
            start.add(n::THRESHOLD).cast::<f64>().write(bucket.threshold);
        })
    };
    if let Some(address) = address {
        CELLS.set(bucket.cell, address as u64);
    }
}

/// Writes an exemplar of the series with this slot where the one of the same place was written last. Returns where that is,
/// for the next time. One thread at a time writes an exemplar of a place. No allocator is asked for anything.
pub(crate) fn exemplar<'a>(
    known: u64,
    (slot, place): (u32, usize),
    value: f64,
    at: Duration,
    pairs: impl Iterator<Item = (&'a str, &'a str)> + Clone,
) -> u64 {
    let time = u64::try_from(at.as_nanos()).unwrap_or(u64::MAX);
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    note(known, Note { kind: record::EXEMPLAR, owner: slot, place, value, time, pairs })
}

/// Writes a note where it was written last, or where there is room for it. Returns where that is, or 0 if there is no file
/// or no room in it.
///
/// `known` is what the last call for the same note returned, or 0. One thread at a time writes a note. No allocator is asked
/// for anything.
pub(crate) fn note<'a>(known: u64, note: Note<impl Iterator<Item = (&'a str, &'a str)> + Clone>) -> u64 {
    use record::note as n;
    /// The least room for texts: that of the id of a trace with its name.
    const ROOM: usize = 64;
    if !SHARED.is_on() {
        return 0;
    }
    let len: usize = note.pairs.clone().map(|(name, value)| text_len(name) + text_len(value)).sum();
    let mut address = known;
    if address == 0 || room(address) < len {
        if address != 0 {
            number(address, n::TIME).store(0, Ordering::Relaxed);
        }
        let room = len.next_power_of_two().max(ROOM);
        // SAFETY: there is room for what is written.
        let added = unsafe {
            lock().add(note.kind, n::TEXTS + room, |start| {
                start.add(n::OWNER).cast::<u32>().write(note.owner);
                start.add(n::PLACE).cast::<u32>().write(note.place);
                for at in [n::SEQUENCE, n::TIME, n::LEN] {
                    start.add(at).cast::<u64>().write(0);
                }
            })
        };
        let Some(added) = added else { return 0 };
        address = added as u64;
    }
    let sequence = number(address, n::SEQUENCE);
    let before = sequence.load(Ordering::Relaxed);
    sequence.store(before | 1, Ordering::Relaxed);
    fence(Ordering::Release);
    number(address, n::VALUE).store(note.value.to_bits(), Ordering::Relaxed);
    number(address, n::TIME).store(note.time, Ordering::Relaxed);
    number(address, n::LEN).store(len as u64, Ordering::Relaxed);
    let mut cursor = Cursor(ptr::with_exposed_provenance_mut::<u8>(address as usize + n::TEXTS));
    for (name, value) in note.pairs {
        // SAFETY: there is room for all of them.
        unsafe {
            cursor.text(name);
            cursor.text(value);
        }
    }
    sequence.store((before | 1) + 1, Ordering::Release);
    SHARED.header(at::NOTES).fetch_add(1, Ordering::Release);
    address
}

/// How many bytes of texts there is room for in the note at this address.
fn room(address: u64) -> usize {
    let record = ptr::with_exposed_provenance::<u8>(address as usize);
    // SAFETY: a record that was written, whose length never changes.
    let len = unsafe { record.add(record::LEN).cast::<u32>().read() };
    (len as usize).saturating_sub(record::note::TEXTS)
}

/// A number of the record at this address.
fn number(address: u64, at: usize) -> &'static AtomicU64 {
    let record = ptr::with_exposed_provenance::<u8>(address as usize);
    // SAFETY: addresses are those of records, which are mapped as long as the process runs, aligned to eight bytes, and
    // longer than what is asked for.
    unsafe { &*record.add(at).cast::<AtomicU64>() }
}

/// Notes what the cells of a series held when it was removed.
pub(crate) fn removed(slot: u32, cells: &[u64]) {
    use record::series as s;
    let address = CELLS.get(slot);
    if !SHARED.is_on() || address == 0 {
        return;
    }
    // One removes at a time, since there is one sequence.
    let writer = lock();
    let sequence = number(address, s::SEQUENCE);
    let before = sequence.load(Ordering::Relaxed);
    sequence.store(before | 1, Ordering::Relaxed);
    fence(Ordering::Release);
    for (at, &cell) in cells.iter().enumerate() {
        number(address, s::BASE + at * size_of::<u64>()).store(cell, Ordering::Relaxed);
    }
    number(address, s::CREATED).store(now(), Ordering::Relaxed);
    sequence.store((before | 1) + 1, Ordering::Release);
    SHARED.header(at::REMOVALS).fetch_add(1, Ordering::Release);
    drop(writer);
}

/// Notes what a native bucket held when its series was removed.
pub(crate) fn removed_native(cell: u32, base: u64) {
    let address = CELLS.get(cell);
    if SHARED.is_on() && address != 0 {
        number(address, record::native::BASE).store(base, Ordering::Release);
        SHARED.header(at::REMOVALS).fetch_add(1, Ordering::Release);
    }
}

/// How long the directory is.
pub(super) fn len(writer: &Writer) -> u64 {
    writer.len
}

/// Sets back what only held for the parent, in a child right after `fork`.
pub(super) fn fork(writer: &Writer, growth: &Growth) {
    FORKS.fetch_add(1, Ordering::Relaxed);
    let mut left = writer.len;
    for (chunk, start) in SHARED.chunks(growth) {
        if chunk.kind != chunk::DIRECTORY {
            continue;
        }
        let mut at = 0;
        while at < chunk.len && left > 0 {
            // SAFETY: records follow one another up to the length of the directory.
            unsafe {
                let record = start.add(at);
                let len = record.add(record::LEN).cast::<u32>().read() as usize;
                match record.add(record::KIND).cast::<u32>().read() {
                    record::SERIES => {
                        let width = record.add(record::series::WIDTH).cast::<u16>().read();
                        // What was removed stays so until the child counts in it: the sequence is kept.
                        record.add(record::series::CREATED).cast::<u64>().write(now());
                        let base = record.add(record::series::BASE).cast::<u64>();
                        base.write_bytes(0, usize::from(width));
                    }
                    record::NATIVE => record.add(record::native::BASE).cast::<u64>().write(0),
                    // An exemplar is the parent's. Facts are the child's as well, unless another thread was writing them.
                    kind @ (record::EXEMPLAR | record::FACTS) => {
                        let sequence = record.add(record::note::SEQUENCE).cast::<u64>();
                        if kind == record::EXEMPLAR || sequence.read() % 2 != 0 {
                            record.add(record::note::TIME).cast::<u64>().write(0);
                        }
                        sequence.write(0);
                    }
                    _ => {}
                }
                if len == 0 {
                    return;
                }
                at += len;
                left = left.saturating_sub(len as u64);
            }
        }
    }
}
