//! A family whose length was announced before all of it was written.
//!
//! The length of a family comes first. Of a large one it is found by writing it twice: the first time only to measure it, so that no more
//! than a part of it is ever held. In between, counts become longer and series come and go. A family that has become shorter is filled
//! up, with a field that no reader knows and all skip. What has become longer than there is room for is in another message of the
//! same family behind it: nothing is left out.

use super::{super::CHUNK, field::family, wire};

/// Room for what becomes longer between measuring and writing: so many bytes, and one of so many of what was measured.
const ROOM: usize = 64;
const ROOM_IN: usize = 128;

/// The shortest field.
const SHORTEST: usize = 2;

#[derive(Debug, Default)]
pub(super) enum Announced {
    /// Its length is written when it is over.
    #[default]
    Not,
    /// So many bytes were measured.
    Measuring(usize),
    /// So many bytes are missing.
    Missing(usize),
    /// So many bytes are missing of a field that fills it up.
    Filling(usize),
}

impl Announced {
    pub(super) fn begin_measuring(&mut self) {
        *self = Self::Measuring(0);
    }

    /// Writes the length of the family and these parts of it, with room for what was measured.
    pub(super) fn announce(&mut self, parts: &[&[u8]], out: &mut Vec<u8>) {
        let Self::Measuring(measured) = *self else { return };
        let missing = measured + measured / ROOM_IN + ROOM;
        wire::varint(out, (parts.iter().map(|part| part.len()).sum::<usize>() + missing) as u64);
        for part in parts {
            out.extend_from_slice(part);
        }
        *self = Self::Missing(missing);
    }

    /// Takes the last series out of a family, of which nothing else than the head is held. Returns `false` if it stays there, since the
    /// family's length is written when it is over.
    pub(super) fn take(&mut self, family: &mut Vec<u8>, head: usize, out: &mut Vec<u8>) -> bool {
        let written = family.get(head..).unwrap_or_default();
        match self {
            Self::Measuring(measured) => *measured += written.len(),
            Self::Missing(missing) => match missing.checked_sub(written.len()) {
                // One byte would be too short for a field.
                Some(rest) if rest == 0 || rest >= SHORTEST => {
                    out.extend_from_slice(written);
                    *missing = rest;
                }
                _ => {
                    while self.fill(out) {}
                    return false;
                }
            },
            Self::Not | Self::Filling(_) => return false,
        }
        family.truncate(head);
        true
    }

    /// Writes some of what is missing to the length. Returns `false` if nothing is.
    pub(super) fn fill(&mut self, out: &mut Vec<u8>) -> bool {
        match *self {
            Self::Missing(0) | Self::Filling(0) => {
                *self = Self::Not;
                false
            }
            Self::Missing(missing) => {
                *self = Self::Filling(wire::begin_bytes(out, family::PADDING, missing));
                true
            }
            Self::Filling(missing) => {
                let some = missing.min(CHUNK);
                out.resize(out.len() + some, 0);
                *self = Self::Filling(missing - some);
                true
            }
            Self::Not | Self::Measuring(_) => false,
        }
    }
}
