//! One file of Python's: how many bytes are in use, and entries of a key and one or two numbers.

use super::key::Key;
use crate::file::Unusable;
use std::{fs::File, os::unix::fs::FileExt};

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) value: f64,
    /// When it was set, in seconds since 1970; since version 0.18.
    pub(super) time: f64,
}

/// Before the first entry: the number of bytes in use, and padding.
const HEAD: usize = 8;

/// Reads what is in use.
pub(super) fn read(file: &File) -> Result<Vec<Entry>, Unusable> {
    let size = file.metadata().map_err(|_| Unusable::Io)?.len();
    let mut head = [0; 4];
    if size == 0 {
        // It was just created.
        return Ok(Vec::new());
    }
    file.read_exact_at(&mut head, 0).map_err(|_| Unusable::Truncated)?;
    let used = u64::try_from(i32::from_ne_bytes(head)).map_err(|_| Unusable::Corrupt)?;
    if used > size {
        return Err(Unusable::Truncated);
    }
    let mut bytes = vec![0; usize::try_from(used).map_err(|_| Unusable::Corrupt)?];
    file.read_exact_at(&mut bytes, 0).map_err(|_| Unusable::Truncated)?;
    parse(&bytes)
}

/// The entries of what is in use.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<Entry>, Unusable> {
    if bytes.len() <= HEAD {
        return Ok(Vec::new());
    }
    // The file does not say whether a time follows each value. Read in the wrong way, numbers are taken for keys and keys for
    // numbers, so only one of the two ways ends where the file does.
    [16, 8].into_iter().find_map(|numbers| walk(bytes, numbers)).ok_or(Unusable::Corrupt)
}

/// Reads entries of so many bytes behind each key; nothing if that does not lead to the end.
fn walk(bytes: &[u8], numbers: usize) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut at = HEAD;
    while at < bytes.len() {
        let len: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        let len = usize::try_from(i32::from_ne_bytes(len)).ok()?;
        // Padded with one to eight blanks.
        let unpadded = len.checked_add(4)?;
        let end = at.checked_add(unpadded.checked_add(8 - unpadded % 8)?)?;
        let text = std::str::from_utf8(bytes.get(at + 4..end)?).ok()?;
        let mut number = bytes
            .get(end..end.checked_add(numbers)?)?
            .chunks_exact(8)
            .map(|number| f64::from_ne_bytes(number.try_into().unwrap_or_default()));
        let (value, time) = (number.next()?, number.next().unwrap_or(0.0));
        entries.push(Entry { key: Key::parse(text.trim_end_matches(' '))?, value, time });
        at = end + numbers;
    }
    Some(entries)
}
