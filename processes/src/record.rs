//! Records of the directory of a file.

use crate::{
    bytes::{Cursor, id_at, u8_at, u16_at, u32_at, u64_at},
    shape::{KINDS, Shape},
};
use tallymark_core::{
    __private_v4::shared::format::record::{self, family, folded, native, note, series},
    Across,
};

#[derive(Debug)]
pub(crate) enum Record<'a> {
    Nothing,
    Family(u32, Box<Shape>),
    /// A series, and its label values, which are not kept with each series of each file.
    Series(SeriesRecord, Vec<&'a str>),
    Native(NativeRecord),
    Folded([u8; 16]),
    Note(NoteRecord),
}

#[derive(Clone, Debug)]
pub(crate) struct SeriesRecord {
    pub(crate) family: u32,
    pub(crate) first: u32,
    pub(crate) width: u16,
    pub(crate) floats: (u16, u16),
    pub(crate) integers: (u16, u16),
    pub(crate) hides_zero: bool,
    /// Whose value it is, if that process is gone and is shown by itself.
    pub(crate) process: Option<Box<str>>,
    pub(crate) state: State,
}

/// What may change in the record of a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    pub(crate) created: u64,
    pub(crate) closed: bool,
    /// What the cells held when the series was last removed; nothing if it never was.
    pub(crate) base: Box<[u64]>,
    /// Whether the base was being written.
    pub(crate) is_torn: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct NativeRecord {
    pub(crate) series: u32,
    pub(crate) cell: u32,
    pub(crate) key: i32,
    pub(crate) schema: i8,
    pub(crate) side: u8,
    pub(crate) threshold: f64,
    pub(crate) base: u64,
}

/// Where a note is, and what it says. That changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoteRecord {
    pub(crate) is_exemplar: bool,
    /// The first slot of a series, or the number of a family.
    pub(crate) owner: u32,
    pub(crate) place: u32,
    pub(crate) len: usize,
}

/// What a note says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Note {
    /// Nanoseconds since 1970.
    pub(crate) time: u64,
    pub(crate) value: f64,
    pub(crate) pairs: Vec<(String, String)>,
}

/// The record at the beginning of `bytes`, and its length. Nothing if it is not one.
pub(crate) fn parse(bytes: &[u8]) -> Option<(Record<'_>, usize)> {
    let len = usize::try_from(u32_at(bytes, record::LEN)?).ok()?;
    if len < 8 || len % 8 != 0 {
        return None;
    }
    let kind = u32_at(bytes, record::KIND)?;
    if kind == record::NOTHING {
        return Some((Record::Nothing, len));
    }
    let bytes = bytes.get(..len)?;
    let record = match kind {
        record::FAMILY => Record::Family(u32_at(bytes, family::NUMBER)?, Box::new(shape(bytes)?)),
        record::SERIES => {
            let (series, texts) = series(bytes)?;
            Record::Series(series, texts)
        }
        record::NATIVE => Record::Native(native(bytes)?),
        record::FOLDED => Record::Folded(id_at(bytes, folded::ID)?),
        record::EXEMPLAR | record::FACTS => Record::Note(NoteRecord {
            is_exemplar: kind == record::EXEMPLAR,
            owner: u32_at(bytes, note::OWNER)?,
            place: u32_at(bytes, note::PLACE)?,
            len: bytes.len(),
        }),
        // What a later version may have.
        _ => Record::Nothing,
    };
    Some((record, len))
}

fn shape(bytes: &[u8]) -> Option<Shape> {
    let flags = u8_at(bytes, family::FLAGS)?;
    let mut rest = Cursor(bytes.get(family::REST..)?);
    let text = |rest: &mut Cursor<'_>| rest.text().map(str::to_owned);
    let (name, help, unit) = (text(&mut rest)?, text(&mut rest)?, text(&mut rest)?);
    let labels = rest.list(4, text)?;
    let bounds = rest.list(8, Cursor::f64)?;
    let states = rest.list(4, text)?;
    let sorted = bounds.is_sorted_by(|a, b| a < b) && bounds.iter().all(|bound| bound.is_finite());
    let distinct = labels.iter().enumerate().all(|(at, label)| !labels[..at].contains(label));
    if name.is_empty() || !sorted || !distinct || labels.len() > 64 {
        return None;
    }
    Some(Shape {
        name,
        help,
        unit: (!unit.is_empty()).then_some(unit),
        kind: *KINDS.get(usize::from(u8_at(bytes, family::METRIC)?))?,
        mode: *Across::EACH.get(usize::from(u8_at(bytes, family::MODE)?))?,
        namespaced: flags & family::NAMESPACED != 0,
        is_float: flags & family::FLOAT != 0,
        is_words: flags & family::WORDS != 0,
        is_level: flags & family::LEVEL != 0,
        absent: u64_at(bytes, family::ABSENT)?,
        labels,
        bounds,
        states,
    })
}

fn series(bytes: &[u8]) -> Option<(SeriesRecord, Vec<&str>)> {
    let (width, flags) = (u16_at(bytes, series::WIDTH)?, u16_at(bytes, series::FLAGS)?);
    let pair = |at: usize| Some((u16_at(bytes, at)?, u16_at(bytes, at + 2)?));
    let (floats, integers) = (pair(series::FLOATS_AT)?, pair(series::INTEGERS_AT)?);
    let within = |(at, count): (u16, u16)| u32::from(at) + u32::from(count) <= u32::from(width);
    if width > 0 && !(within(floats) && within(integers)) {
        return None;
    }
    let state = state(bytes)?;
    let mut rest = Cursor(bytes.get(series::BASE + usize::from(width) * 8..)?);
    let count = u16_at(bytes, series::TEXTS)?;
    let mut texts = (0..count).map(|_| rest.text()).collect::<Option<Vec<_>>>()?;
    let process = if flags & series::PROCESS != 0 { Some(texts.pop()?.into()) } else { None };
    let record = SeriesRecord {
        family: u32_at(bytes, series::FAMILY)?,
        first: u32_at(bytes, series::FIRST)?,
        width,
        floats,
        integers,
        hides_zero: flags & series::HIDE_ZERO != 0,
        process,
        state,
    };
    Some((record, texts))
}

/// What may have changed of the record of a series.
pub(crate) fn state(bytes: &[u8]) -> Option<State> {
    let width = usize::from(u16_at(bytes, series::WIDTH)?);
    let sequence = u64_at(bytes, series::SEQUENCE)?;
    let base = if sequence == 0 {
        Box::default()
    } else {
        (0..width).map(|cell| u64_at(bytes, series::BASE + cell * 8)).collect::<Option<_>>()?
    };
    Some(State {
        created: u64_at(bytes, series::CREATED)?,
        closed: u64_at(bytes, series::CLOSED)? != 0,
        base,
        is_torn: sequence % 2 != 0,
    })
}

fn native(bytes: &[u8]) -> Option<NativeRecord> {
    let schema = i8::from_ne_bytes([u8_at(bytes, native::SCHEMA)?]);
    let side = u8_at(bytes, native::SIDE)?;
    let threshold = f64::from_bits(u64_at(bytes, native::THRESHOLD)?);
    let valid = (-4..=8).contains(&schema) && side <= native::ZERO && threshold >= 0.0;
    valid.then_some(NativeRecord {
        series: u32_at(bytes, native::SERIES)?,
        cell: u32_at(bytes, native::CELL)?,
        key: i32::from_ne_bytes(u32_at(bytes, native::KEY)?.to_ne_bytes()),
        schema,
        side,
        threshold,
        base: u64_at(bytes, native::BASE)?,
    })
}

/// What the record of a note says; nothing if it says nothing, or was being written.
pub(crate) fn note(bytes: &[u8]) -> Option<Note> {
    let time = u64_at(bytes, note::TIME)?;
    if time == 0 || u64_at(bytes, note::SEQUENCE)? % 2 != 0 {
        return None;
    }
    let len = usize::try_from(u64_at(bytes, note::LEN)?).ok()?;
    let mut rest = Cursor(bytes.get(note::TEXTS..note::TEXTS.checked_add(len)?)?);
    let mut pairs: Vec<(String, String)> = Vec::new();
    while !rest.0.is_empty() {
        let (name, value) = (rest.text()?, rest.text()?);
        if pairs.iter().any(|(known, _)| known == name) {
            return None;
        }
        pairs.push((name.to_owned(), value.to_owned()));
    }
    Some(Note { time, value: f64::from_bits(u64_at(bytes, note::VALUE)?), pairs })
}
