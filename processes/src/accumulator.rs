//! The accumulator: what dead processes have counted, in one file of the same format as theirs.

use crate::{
    merged::{Merged, Point, Sample},
    outcome::{combined, each},
    shape::{KINDS, Shape},
};
use std::sync::Arc;
use tallymark_core::{
    __private_v4::shared::format::{self, at, chunk, kind, record},
    Across,
    exemplar::Exemplar,
};

/// How many values of dead processes are kept of a gauge that shows each process by itself.
const KEPT: usize = 64;

/// The header of an accumulator, its table included.
const HEADER: u32 = 4096;

#[derive(Default)]
struct Writer {
    directory: Vec<u8>,
    cells: Vec<u64>,
    words: Vec<u64>,
    /// How many notes there are.
    notes: u64,
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_ne_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn count(bytes: &mut Vec<u8>, count: usize) {
    bytes.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_ne_bytes());
}

fn put(bytes: &mut [u8], at: usize, number: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + number.len()) {
        place.copy_from_slice(number);
    }
}

/// A count of cells or labels, which are few.
fn few(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// The number of a kind or a mode, of which there are few.
fn small(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

impl Writer {
    /// Adds a record whose head is empty.
    fn record(&mut self, kind: u32, mut bytes: Vec<u8>) {
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        put(&mut bytes, record::LEN, &len.to_ne_bytes());
        put(&mut bytes, record::KIND, &kind.to_ne_bytes());
        self.directory.extend_from_slice(&bytes);
    }

    fn folded(&mut self, id: [u8; 16]) {
        let mut bytes = vec![0; record::folded::SIZE];
        put(&mut bytes, record::folded::ID, &id);
        self.record(record::FOLDED, bytes);
    }

    fn family(&mut self, number: u32, shape: &Shape) {
        use record::family as f;
        let mut bytes = vec![0; f::REST];
        put(&mut bytes, f::NUMBER, &number.to_ne_bytes());
        let metric = KINDS.iter().position(|kind| *kind == shape.kind).unwrap_or_default();
        let mode = Across::EACH.iter().position(|mode| *mode == shape.mode).unwrap_or_default();
        let flags = [
            (shape.namespaced, f::NAMESPACED),
            (shape.is_float, f::FLOAT),
            (shape.is_words, f::WORDS),
            (shape.is_level, f::LEVEL),
        ];
        let flags = flags.iter().filter(|(set, _)| *set).fold(0, |flags, (_, flag)| flags | flag);
        put(&mut bytes, f::METRIC, &[small(metric), small(mode), flags]);
        put(&mut bytes, f::ABSENT, &shape.absent.to_ne_bytes());
        text(&mut bytes, &shape.name);
        text(&mut bytes, &shape.help);
        text(&mut bytes, shape.unit.as_deref().unwrap_or_default());
        count(&mut bytes, shape.labels.len());
        shape.labels.iter().for_each(|label| text(&mut bytes, label));
        count(&mut bytes, shape.bounds.len());
        shape.bounds.iter().for_each(|bound| bytes.extend_from_slice(&bound.to_ne_bytes()));
        count(&mut bytes, shape.states.len());
        shape.states.iter().for_each(|state| text(&mut bytes, state));
        self.record(record::FAMILY, bytes);
    }

    fn series(
        &mut self,
        (family, first): (u32, usize),
        [floats, integers]: [usize; 2],
        texts: &[&str],
        process: Option<&str>,
        created: u64,
    ) {
        use record::series as s;
        let width = floats + integers;
        let mut bytes = vec![0; s::BASE + width * 8];
        put(&mut bytes, s::FAMILY, &family.to_ne_bytes());
        put(&mut bytes, s::FIRST, &u32::try_from(first).unwrap_or(u32::MAX).to_ne_bytes());
        let flags = if process.is_some() { s::PROCESS } else { 0 };
        let texts_len = texts.len() + usize::from(process.is_some());
        for (at, number) in [
            (s::WIDTH, few(width)),
            (s::FLAGS, flags),
            (s::FLOATS, few(floats)),
            (s::INTEGERS_AT, few(floats)),
            (s::INTEGERS, few(integers)),
            (s::TEXTS, few(texts_len)),
        ] {
            put(&mut bytes, at, &number.to_ne_bytes());
        }
        put(&mut bytes, s::CREATED, &created.to_ne_bytes());
        texts.iter().copied().chain(process).for_each(|one| text(&mut bytes, one));
        self.record(record::SERIES, bytes);
    }

    fn exemplar(&mut self, series: u32, place: u32, exemplar: &Exemplar) {
        use record::note as n;
        let mut texts = Vec::new();
        for (name, value) in &exemplar.labels {
            text(&mut texts, name);
            text(&mut texts, value);
        }
        let mut bytes = vec![0; n::TEXTS];
        put(&mut bytes, n::OWNER, &series.to_ne_bytes());
        put(&mut bytes, n::PLACE, &place.to_ne_bytes());
        let time = u64::try_from(exemplar.at.as_nanos()).unwrap_or(u64::MAX);
        put(&mut bytes, n::TIME, &time.to_ne_bytes());
        put(&mut bytes, n::VALUE, &exemplar.value.to_ne_bytes());
        put(&mut bytes, n::LEN, &(texts.len() as u64).to_ne_bytes());
        bytes.extend(texts);
        self.record(record::EXEMPLAR, bytes);
        self.notes += 1;
    }

    fn point(&mut self, family: u32, shape: &Shape, texts: &[&str], point: &Point) {
        if shape.is_gauge() {
            // What is shown of living processes only ends with the process.
            if shape.mode.is_live() {
                return;
            }
            let joined;
            let samples: Vec<(Option<Arc<str>>, &Sample)> = if shape.shows_each() {
                let mut each = each(shape, &point.samples, &[]);
                each.sort_by_key(|(_, sample)| std::cmp::Reverse(sample.time));
                each.truncate(KEPT);
                each.into_iter().map(|(label, sample)| (Some(label), sample)).collect()
            } else {
                joined = combined(shape, &point.samples);
                joined.iter().map(|sample| (None, sample)).collect()
            };
            for (label, sample) in samples {
                if shape.is_level {
                    // What was subtracted, and what was added.
                    let first = self.cells.len();
                    self.cells.extend([0, sample.bits]);
                    self.series((family, first), [0, 2], texts, label.as_deref(), sample.time);
                } else {
                    let word = self.words.len() / 2;
                    self.words.extend([sample.bits, sample.time << 1]);
                    self.series((family, word), [0, 0], texts, label.as_deref(), point.created);
                }
            }
            return;
        }
        let first = self.cells.len();
        self.cells.extend(point.floats.iter().map(|float| float.to_bits()));
        self.cells.extend(&point.integers);
        self.series((family, first), [point.floats.len(), point.integers.len()], texts, None, point.created);
        for (&place, exemplar) in point.exemplars.iter().flat_map(|exemplars| &**exemplars) {
            self.exemplar(u32::try_from(first).unwrap_or(u32::MAX), place, exemplar);
        }
        if let Some(natives) = &point.natives {
            for (&(schema, side, key), &count) in &natives.1 {
                use record::native as n;
                let mut bytes = vec![0; n::SIZE];
                put(&mut bytes, n::SERIES, &u32::try_from(first).unwrap_or(u32::MAX).to_ne_bytes());
                let cell = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
                put(&mut bytes, n::CELL, &cell.to_ne_bytes());
                put(&mut bytes, n::KEY, &key.to_ne_bytes());
                put(&mut bytes, n::SCHEMA, &[schema.to_ne_bytes()[0], side]);
                put(&mut bytes, n::THRESHOLD, &natives.0.to_ne_bytes());
                self.record(record::NATIVE, bytes);
                self.cells.push(count);
            }
        }
    }
}

/// Whose accumulator it is.
pub(crate) struct Identity<'a> {
    pub(crate) id: [u8; 16],
    pub(crate) boot: [u8; 16],
    pub(crate) group: &'a str,
    pub(crate) generation: u64,
    pub(crate) started: u64,
}

/// The bytes of an accumulator that holds all that is merged, of which the files with these ids are a part.
pub(crate) fn encode(merged: &Merged, folded: &[[u8; 16]], identity: &Identity<'_>) -> Vec<u8> {
    let mut writer = Writer::default();
    for id in folded {
        writer.folded(*id);
    }
    for (number, family) in (0..).zip(&merged.families) {
        let shape: &Arc<Shape> = &family.shape;
        writer.family(number, shape);
        let mut texts = Vec::new();
        for at in 0..family.texts.len() {
            if let Some(point) = family.point(at) {
                texts.clear();
                texts.extend(family.texts.of(at));
                writer.point(number, shape, &texts, &point);
            }
        }
    }
    let Writer { directory, cells, words, notes } = writer;
    let mut bytes = vec![0; HEADER as usize];
    bytes.extend_from_slice(&directory);
    let mut chunks = vec![(chunk::DIRECTORY, 0, HEADER as usize, directory.len())];
    for (kind, numbers) in [(chunk::CELLS, &cells), (chunk::WORDS, &words)] {
        let block = if kind == chunk::WORDS { numbers.len() / 2 } else { 0 };
        chunks.push((kind, block, bytes.len(), numbers.len() * 8));
        for number in numbers {
            bytes.extend_from_slice(&number.to_ne_bytes());
        }
    }
    put(&mut bytes, at::MAGIC, &format::MAGIC);
    put(&mut bytes, at::VERSION, &format::VERSION.to_ne_bytes());
    put(&mut bytes, at::ENDIAN, &format::ENDIAN.to_ne_bytes());
    put(&mut bytes, at::HEADER, &HEADER.to_ne_bytes());
    put(&mut bytes, at::ID, &identity.id);
    put(&mut bytes, at::BOOT, &identity.boot);
    put(&mut bytes, at::STARTED, &identity.started.to_ne_bytes());
    put(&mut bytes, at::DIRECTORY, &(directory.len() as u64).to_ne_bytes());
    put(&mut bytes, at::CHUNKS, &(chunks.len() as u64).to_ne_bytes());
    put(&mut bytes, at::NOTES, &notes.to_ne_bytes());
    put(&mut bytes, at::KIND, &kind::ACCUMULATOR.to_ne_bytes());
    put(&mut bytes, at::GENERATION, &identity.generation.to_ne_bytes());
    let group = identity.group.as_bytes();
    let group = &group[..group.len().min(format::TEXT - 2)];
    put(&mut bytes, at::GROUP, &few(group.len()).to_ne_bytes());
    put(&mut bytes, at::GROUP + 2, group);
    for (number, (kind, block, offset, len)) in chunks.into_iter().enumerate() {
        let entry = at::TABLE + number * chunk::SIZE;
        put(&mut bytes, entry + chunk::KIND, &kind.to_ne_bytes());
        put(&mut bytes, entry + chunk::BLOCK, &u32::try_from(block).unwrap_or(u32::MAX).to_ne_bytes());
        put(&mut bytes, entry + chunk::LEN, &(len as u64).to_ne_bytes());
        put(&mut bytes, entry + chunk::OFFSET, &(offset as u64).to_ne_bytes());
    }
    bytes
}
