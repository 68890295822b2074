//! Scrapes that arrive together are encoded once.
//!
//! A scrape joins another that asks for the same (format, escaping, names, coding), is being encoded and whose beginning is
//! still held. One that is encoded to
//! the end is never joined, so nothing outlives the scrapes that it was encoded for. Chunks are held, as counted
//! references, until the slowest reader has taken them. When a [`WINDOW`] is held, the other readers wait for the slowest,
//! for [`PATIENCE`] in sum, and then it is cut off.

mod encoding;
mod reader;

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tallymark_core::registry::{Chunks, Request};
use tokio::runtime::Handle;

use self::encoding::{Encoding, Limits};
pub(super) use self::{encoding::Source, reader::Reader};
use super::coding::{self, Coding};
use crate::exposition;

/// How many encoded bytes are held for the slower readers, up to the last chunk.
const WINDOW: usize = 8 * 1024 * 1024;

/// How long, in sum, the others wait for the slowest reader.
const PATIENCE: Duration = Duration::from_secs(1);

/// So long after its first bytes were there, an encoding is not joined any more. A reader that does not read would keep
/// its beginning for as long as it likes.
const FRESH: Duration = Duration::from_secs(1);

const LIMITS: Limits = Limits { window: WINDOW, patience: PATIENCE, fresh: FRESH };

static ONGOING: Ongoing<Wanted> = Ongoing::new(LIMITS);

/// What makes the bytes of two scrapes the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) request: Request,
    pub(super) coding: Coding,
}

/// Joins a scrape that is being encoded, or begins one.
///
/// One that must not be cut off, because its client could not tell, is `alone`. So is one without a runtime, whose readers
/// encode where they are polled: one that waits for another there may keep that one from being polled.
pub(super) fn scrape(wanted: &Wanted, alone: bool) -> Reader {
    let source = || {
        let scrape = Scrape { request: wanted.request.clone(), chunks: None };
        coding::compress(wanted.coding, Box::new(scrape))
    };
    if alone || Handle::try_current().is_err() {
        return Reader::first(source(), LIMITS);
    }
    ONGOING.join(wanted, source)
}

/// The latest scrape of each kind, as long as somebody reads it.
struct Ongoing<K> {
    limits: Limits,
    latest: Mutex<Vec<(K, Weak<Encoding>)>>,
}

impl<K: Clone + Eq> Ongoing<K> {
    const fn new(limits: Limits) -> Self {
        Self { limits, latest: Mutex::new(Vec::new()) }
    }

    fn join(&self, kind: &K, source: impl FnOnce() -> Source) -> Reader {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let known = latest.iter().find(|(known, _)| known == kind);
        if let Some(reader) = known.and_then(|(_, encoding)| Reader::join(encoding.upgrade()?)) {
            return reader;
        }
        let reader = Reader::first(source(), self.limits);
        // Names can be asked for in any number of combinations, so what is over must not stay.
        latest.retain(|(known, encoding)| known != kind && encoding.strong_count() > 0);
        latest.push((kind.clone(), Arc::downgrade(reader.encoding())));
        reader
    }
}

/// The chunks of an exposition. Nothing is looked up before the first is asked for.
struct Scrape {
    request: Request,
    chunks: Option<Chunks>,
}

impl Iterator for Scrape {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        self.chunks.get_or_insert_with(|| exposition::chunks(self.request.clone())).next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.chunks.as_ref().map_or((0, None), Iterator::size_hint)
    }
}

#[cfg(test)]
mod tests;
