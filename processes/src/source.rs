//! One file of the group, with what its records mean for all of it.

use crate::{
    bytes::u64_at,
    faults,
    file::{CellsFile, Header, Numbers, Unusable},
    merged::{Merged, Point, Sample},
    plain::Plain,
    record::{NativeRecord, Note, NoteRecord, Record, SeriesRecord},
    shape::Shape,
};
use std::{collections::HashMap, fs::File, sync::Arc, time::Duration};
use tallymark_core::{__private_v4::shared::format, exemplar::Exemplar};

/// How often the cells of a series are read until two readings agree.
const TRIES: usize = 16;

/// A series of the file. There are many, so it is small.
#[derive(Debug)]
struct Series {
    /// Its place in all that is merged.
    family: u32,
    entry: u32,
    record: SeriesRecord,
    /// Where the record is.
    offset: u64,
    /// The last of its native buckets.
    native: Option<u32>,
}

/// A native bucket of a series.
#[derive(Debug)]
struct Native {
    record: NativeRecord,
    /// Where the record is.
    offset: u64,
    /// The one before of the same series.
    before: Option<u32>,
}

/// The native buckets of a series, of all that the file has.
fn natives_of<'a>(series: &Series, natives: &'a [Native]) -> impl Iterator<Item = &'a NativeRecord> {
    let get = |at: u32| natives.get(at as usize);
    let last = series.native.and_then(get);
    std::iter::successors(last, move |native| native.before.and_then(get)).map(|native| &native.record)
}

impl Series {
    /// Whether it is one integer, of which any reading is one that held, and was never removed.
    fn is_plain(&self, shape: &Shape) -> bool {
        let record = &self.record;
        shape.is_count() && record.integers.0 == 0 && record.state.base.is_empty() && !record.state.closed
    }

    /// Whether it is one number, of which any reading is one that held.
    fn is_one(&self) -> bool {
        self.record.width <= 1 && self.native.is_none()
    }

    /// Whether two readings found the same in its cells.
    fn is_same(&self, natives: &[Native], readings: [&Numbers; 2]) -> bool {
        fn cells(numbers: &Numbers, block: usize, from: usize, count: usize) -> &[u64] {
            let cells = numbers.blocks.get(block).map(Vec::as_slice).unwrap_or_default();
            let to = from.saturating_add(count).min(cells.len());
            cells.get(from..to).unwrap_or_default()
        }
        let [last, before] = readings;
        let blocks = last.blocks.len().max(before.blocks.len());
        let is_same = |from: usize, count: usize| {
            (0..blocks).all(|block| cells(last, block, from, count) == cells(before, block, from, count))
        };
        let first = self.record.first as usize;
        is_same(first, usize::from(self.record.width))
            && natives_of(self, natives).all(|native| is_same(native.cell as usize, 1))
    }
}

/// An exemplar, or facts.
#[derive(Debug)]
struct Noted {
    record: NoteRecord,
    /// Where the record is.
    offset: u64,
    /// The place of its series, or of its family.
    owner: usize,
    note: Option<Note>,
}

/// A file of the group.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) header: Header,
    pub(crate) file: CellsFile,
    /// What the directory named when the file was opened. Another one is another file under the same name.
    pub(crate) inode: u64,
    /// Places of families, by the number that the file has for them.
    families: Vec<usize>,
    series: Vec<Series>,
    /// The plain ones, side by side.
    plain: Plain,
    /// Places of all others.
    others: Vec<usize>,
    natives: Vec<Native>,
    /// Places of series, by their first slot.
    by_slot: HashMap<u32, u32>,
    notes: Vec<Noted>,
    written: u64,
    /// How often facts were replaced, whose places among all that is merged are still there.
    replaced: usize,
    /// The files that were folded into this accumulator.
    pub(crate) folded: Vec<[u8; 16]>,
    removals: u64,
    slots: usize,
    words: usize,
    /// What tells its values from those of other processes.
    pub(crate) label: Arc<str>,
}

impl Source {
    pub(crate) fn open(file: File) -> Result<Self, Unusable> {
        let (file, header) = CellsFile::new(file)?;
        let label = if header.label.is_empty() { header.pid.to_string() } else { header.label.clone() };
        Ok(Self {
            header,
            file,
            inode: 0,
            families: Vec::new(),
            series: Vec::new(),
            plain: Plain::default(),
            others: Vec::new(),
            natives: Vec::new(),
            by_slot: HashMap::new(),
            notes: Vec::new(),
            written: 0,
            replaced: 0,
            folded: Vec::new(),
            removals: 0,
            slots: 0,
            words: 0,
            label: label.into(),
        })
    }

    /// How many series it has.
    pub(crate) fn len(&self) -> usize {
        self.series.len()
    }

    /// Reads what was added to the directory, and what was removed.
    fn refresh(&mut self, merged: &mut Merged) -> Result<(), Unusable> {
        let header = self.file.header()?;
        if header.id != self.header.id {
            return Err(Unusable::Corrupt);
        }
        let sorted = self.series.len();
        let Self { file, families, series, natives, by_slot, notes, folded, slots, words, .. } = self;
        file.read_directory(&header, &mut |record, offset| {
            match record {
                Record::Nothing => {}
                Record::Folded(id) => folded.push(id),
                Record::Family(number, shape) => {
                    if number as usize != families.len() {
                        return Err(Unusable::Corrupt);
                    }
                    families.push(merged.family(*shape, header.started));
                }
                Record::Series(record, texts) => {
                    let family = *families.get(record.family as usize).ok_or(Unusable::Corrupt)?;
                    let shape = merged.shape(family);
                    let fits = texts.len() == shape.labels.len()
                        && shape.is_words == (record.width == 0)
                        && crate::merged::fits(shape, record.floats.1, record.integers.1);
                    if !fits {
                        return Err(Unusable::Corrupt);
                    }
                    let end = record.first as usize + usize::from(record.width.max(1));
                    let needed = if record.width == 0 { &mut *words } else { &mut *slots };
                    *needed = (*needed).max(end);
                    let entry = number(merged.entry(family, &texts))?;
                    if record.width > 0 {
                        by_slot.insert(record.first, number(series.len())?);
                    }
                    series.push(Series { family: number(family)?, entry, record, offset, native: None });
                }
                Record::Native(record) => {
                    // Where there was no room for the record of the series, its buckets are left out as well.
                    let owner = by_slot.get(&record.series);
                    if let Some(owner) = owner.and_then(|at| series.get_mut(*at as usize)) {
                        let before = owner.native.replace(number(natives.len())?);
                        *slots = (*slots).max(record.cell as usize + 1);
                        natives.push(Native { record, offset, before });
                    }
                }
                Record::Note(record) => {
                    let owner = if record.is_exemplar {
                        by_slot.get(&record.owner).map(|at| *at as usize)
                    } else {
                        families.get(record.owner as usize).copied()
                    };
                    notes.extend(owner.map(|owner| Noted { record, offset, owner, note: None }));
                }
            }
            Ok(())
        })?;
        if header.removals == self.removals {
            self.sort_from(sorted, merged);
        } else {
            self.removals = header.removals;
            self.refresh_removals()?;
            self.plain.clear();
            self.others.clear();
            self.sort_from(0, merged);
        }
        if header.notes != self.written {
            self.written = header.notes;
            for noted in &mut self.notes {
                let note = self.file.note(noted.offset, noted.record.len)?;
                let is_other = noted.note.as_ref().is_some_and(|before| note.as_ref() != Some(before));
                self.replaced += usize::from(is_other && !noted.record.is_exemplar);
                noted.note = note;
            }
        }
        self.families.iter().for_each(|family| merged.note(*family, header.started));
        self.header = header;
        Ok(())
    }

    /// Puts series from this one on with the plain ones or with the others.
    fn sort_from(&mut self, first: usize, merged: &Merged) {
        for (at, series) in self.series.iter().enumerate().skip(first) {
            let record = &series.record;
            let place = (series.family as usize, series.entry as usize);
            let is_plain = series.is_plain(merged.shape(place.0))
                && self.plain.push(place, record.first, record.state.created, record.hides_zero);
            if !is_plain {
                self.others.push(at);
            }
        }
    }

    /// Reads again what series held when they were removed.
    fn refresh_removals(&mut self) -> Result<(), Unusable> {
        // All at once, because they are many. One that was being written is read again by itself.
        let mut torn: Vec<usize> = Vec::new();
        let (mut next, mut next_native) = (0, 0);
        self.file.read_again(&mut |[first, second], start| {
            let within = |offset: u64, bytes: &'_ [u8]| -> Option<usize> {
                usize::try_from(offset.checked_sub(start)?).ok().filter(|at| *at < bytes.len())
            };
            while let Some(series) = self.series.get_mut(next) {
                let Some(at) = within(series.offset, first) else { break };
                let [state, again] =
                    [first, second].map(|bytes| bytes.get(at..).and_then(crate::record::state));
                match again {
                    Some(again) if state.as_ref() == Some(&again) && !again.is_torn => {
                        series.record.state = again;
                    }
                    _ => torn.push(next),
                }
                next += 1;
            }
            while let Some(Native { record: native, offset, .. }) = self.natives.get_mut(next_native) {
                let Some(at) = within(*offset, first) else { break };
                let base = at + format::record::native::BASE;
                native.base = u64_at(second, base).unwrap_or(native.base);
                next_native += 1;
            }
        })?;
        for series in torn.into_iter().chain(next..self.series.len()) {
            let series = &mut self.series[series];
            let width = series.record.width;
            let mut state = self.file.state(series.offset, width)?;
            for _ in 0..TRIES {
                let again = self.file.state(series.offset, width)?;
                let agree = again == state && !state.is_torn;
                state = again;
                if agree {
                    break;
                }
            }
            series.record.state = state;
        }
        for Native { record: native, offset, .. } in &mut self.natives[next_native..] {
            native.base = self.file.native_base(*offset)?;
        }
        Ok(())
    }

    /// Adds what the file holds. `process` is its place among the sources; `alive` says whether its process is.
    pub(crate) fn add_to(&mut self, merged: &mut Merged, process: u32, alive: bool) -> Result<(), Unusable> {
        self.refresh(merged)?;
        // One file is read after the other, so the memory for it is that of the largest.
        let mut numbers = std::mem::take(&mut merged.numbers);
        let added = self.add_numbers(merged, &mut numbers, process, alive);
        merged.numbers = numbers;
        added
    }

    /// Reads all cells, and adds what they hold.
    fn add_numbers(
        &self,
        merged: &mut Merged,
        [last, before]: &mut [Numbers; 2],
        process: u32,
        alive: bool,
    ) -> Result<(), Unusable> {
        let mut todo = self.others.clone();
        if !todo.iter().all(|&at| self.series[at].is_one()) {
            self.file.numbers(self.slots, self.words, before)?;
        }
        let mut points: Vec<(usize, Option<Point>)> = Vec::with_capacity(todo.len());
        for attempt in 0..TRIES {
            faults::point("again");
            // What the first reading sees happened before the second, see `cell/reading.rs` of the core.
            std::sync::atomic::fence(std::sync::atomic::Ordering::Acquire);
            self.file.numbers(self.slots, self.words, last)?;
            todo.retain(|&at| {
                let series = &self.series[at];
                let agrees = series.is_one()
                    || attempt + 1 == TRIES
                    || series.is_same(&self.natives, [&*last, &*before]);
                if agrees {
                    let shape = merged.shape(series.family as usize);
                    points.push((at, read(series, &self.natives, shape, last, (process, alive))));
                }
                !agrees
            });
            if todo.is_empty() || attempt + 1 == TRIES {
                break;
            }
            std::mem::swap(last, before);
        }
        // Those of a series that shows nothing are from before it was removed.
        let mut exemplars: Vec<(usize, u32, Exemplar)> = Vec::new();
        for Noted { record, owner, note, .. } in &self.notes {
            let Some(Note { time, value, pairs }) = note else { continue };
            if !record.is_exemplar {
                if alive {
                    let sample = Sample { process, alive, bits: 1, time: *time, label: None };
                    merged.facts(*owner, pairs, self.header.started, sample);
                }
            } else if self.series.get(*owner).is_some_and(|series| *time >= series.record.state.created) {
                let exemplar =
                    Exemplar { labels: pairs.clone(), value: *value, at: Duration::from_nanos(*time) };
                if exemplar.is_valid() && value.is_finite() {
                    exemplars.push((*owner, record.place, exemplar));
                }
            }
        }
        // Nothing is added before everything is read, so that a file that fails halfway costs all of itself.
        for (at, point) in points {
            if let (series, Some(point)) = (&self.series[at], point) {
                merged.add(series.family as usize, series.entry as usize, point);
            }
        }
        // Nothing looks at the reading before any more, so its memory is there to add up in.
        self.plain.add_to(merged, last, &mut before.words);
        for (owner, place, exemplar) in exemplars {
            if let Some(series) = self.series.get(owner) {
                merged.exemplar(series.family as usize, series.entry as usize, place, exemplar);
            }
        }
        Ok(())
    }

    /// How often facts were replaced since this was last asked.
    pub(crate) fn take_replaced(&mut self) -> usize {
        std::mem::take(&mut self.replaced)
    }
}

/// A place, of which there are not more than a file has bytes for.
fn number(place: usize) -> Result<u32, Unusable> {
    u32::try_from(place).map_err(|_| Unusable::Corrupt)
}

/// What a series holds; nothing if it is not shown.
fn read(
    series: &Series,
    natives: &[Native],
    shape: &Shape,
    numbers: &Numbers,
    (process, alive): (u32, bool),
) -> Option<Point> {
    let record = &series.record;
    if record.state.closed || record.state.is_torn {
        return None;
    }
    let label = record.process.as_deref().map(Arc::from);
    let sample = |bits: u64, time: u64| {
        Point::of_sample(Sample { process, alive, bits, time, label: label.clone() }, record.state.created)
    };
    if record.width == 0 {
        let at = 2 * record.first as usize;
        let (bits, time) = (*numbers.words.get(at)?, *numbers.words.get(at + 1)?);
        return (bits != shape.absent).then(|| sample(bits, time >> 1));
    }
    let base = |cell: usize| record.state.base.get(cell).copied().unwrap_or_default();
    let first = record.first as usize;
    let cells = |(at, count): (u16, u16)| (0..usize::from(count)).map(move |cell| usize::from(at) + cell);
    let integers: Vec<u64> =
        cells(record.integers).map(|cell| numbers.integer(first + cell).wrapping_sub(base(cell))).collect();
    // Added up in another order, the same numbers may differ in their last digits.
    let exact = f64::EPSILON * numbers.blocks.len() as f64;
    let since = |sum: f64, base: f64| if (sum - base).abs() <= exact * base.abs() { 0.0 } else { sum - base };
    let floats: Vec<f64> = cells(record.floats)
        .map(|cell| since(numbers.float(first + cell), f64::from_bits(base(cell))))
        .collect();
    let is_zero = integers.iter().all(|n| *n == 0) && floats.iter().all(|n| n.to_bits() << 1 == 0);
    if is_zero && (record.hides_zero || !record.state.base.is_empty()) {
        return None;
    }
    if shape.is_level {
        let level = integers.get(1)?.wrapping_sub(*integers.first()?);
        return Some(sample(level, record.state.created));
    }
    let mut point = Point::of_sums(integers, floats, record.state.created);
    for native in natives_of(series, natives) {
        let count = numbers.integer(native.cell as usize).wrapping_sub(native.base);
        point.add_native(native, count);
    }
    Some(point)
}

/// Reads the bytes of a file of cells, for fuzzers. They are read as if they were of this version and boot, so that more
/// than the header is read. Returns how many series there are.
#[doc(hidden)]
pub fn read_bytes(bytes: &[u8]) -> usize {
    use rustix::fs::{MemfdFlags, memfd_create};
    use std::os::unix::fs::FileExt;
    let Ok(file) = memfd_create(c"cells", MemfdFlags::CLOEXEC).map(File::from) else { return 0 };
    let header: [(usize, &[u8]); 4] = [
        (format::at::MAGIC, &format::MAGIC),
        (format::at::VERSION, &format::VERSION.to_ne_bytes()),
        (format::at::ENDIAN, &format::ENDIAN.to_ne_bytes()),
        (format::at::BOOT, &crate::file::boot()),
    ];
    let written = file.write_all_at(bytes, 0);
    let patched = header.into_iter().try_for_each(|(at, bytes)| file.write_all_at(bytes, at as u64));
    if written.and(patched).is_err() {
        return 0;
    }
    let mut merged = Merged::default();
    let read = Source::open(file).and_then(|mut source| {
        source.add_to(&mut merged, 0, false)?;
        source.add_to(&mut merged, 0, false)
    });
    // What is read is folded as well.
    let identity = crate::accumulator::Identity {
        id: [0; 16],
        boot: crate::file::boot(),
        group: "",
        generation: 0,
        started: 0,
    };
    let folded = crate::accumulator::encode(&merged, &[], &identity);
    if read.is_err() || folded.is_empty() {
        return 0;
    }
    merged.families.iter().map(|family| family.texts.len()).sum()
}
