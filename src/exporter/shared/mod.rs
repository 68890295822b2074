//! Scrapes that arrive together are encoded once.
//!
//! A scrape joins another of its format that is being encoded and whose beginning is still held. One that is encoded to
//! the end is never joined, so nothing outlives the scrapes that it was encoded for. Chunks are held, as counted
//! references, until the slowest reader has taken them. When a [`WINDOW`] is held, the other readers wait for the slowest,
//! for [`PATIENCE`] in sum, and then it is cut off.

mod encoding;
mod reader;

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tallymark_core::registry::{Chunks, Format};
use tokio::runtime::Handle;

use self::encoding::{Encoding, Limits, Source};
pub(super) use self::reader::Reader;
use crate::exposition;

/// How many encoded bytes are held for the slower readers, up to the last chunk.
const WINDOW: usize = 8 * 1024 * 1024;

/// How long, in sum, the others wait for the slowest reader.
const PATIENCE: Duration = Duration::from_secs(1);

/// So long after its first bytes were there, an encoding is not joined any more. A reader that does not read would keep
/// its beginning for as long as it likes.
const FRESH: Duration = Duration::from_secs(1);

const LIMITS: Limits = Limits { window: WINDOW, patience: PATIENCE, fresh: FRESH };

static ONGOING: Ongoing = Ongoing::new(LIMITS);

/// Joins a scrape that is being encoded, or begins one.
///
/// One that must not be cut off, because its client could not tell, is `alone`. So is one without a runtime, whose readers
/// encode where they are polled: one that waits for another there may keep that one from being polled.
pub(super) fn scrape(format: Format, alone: bool) -> Reader {
    let source = move || -> Source { Box::new(Scrape { format, chunks: None }) };
    if alone || Handle::try_current().is_err() {
        return Reader::first(source(), LIMITS);
    }
    ONGOING.join(format, source)
}

/// The latest scrape of each format, as long as somebody reads it.
struct Ongoing {
    limits: Limits,
    latest: Mutex<Vec<(Format, Weak<Encoding>)>>,
}

impl Ongoing {
    const fn new(limits: Limits) -> Self {
        Self { limits, latest: Mutex::new(Vec::new()) }
    }

    fn join(&self, format: Format, source: impl FnOnce() -> Source) -> Reader {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let known = latest.iter().find(|(known, _)| *known == format);
        if let Some(reader) = known.and_then(|(_, encoding)| Reader::join(encoding.upgrade()?)) {
            return reader;
        }
        let reader = Reader::first(source(), self.limits);
        latest.retain(|(known, _)| *known != format);
        latest.push((format, Arc::downgrade(reader.encoding())));
        reader
    }
}

/// The chunks of an exposition. Nothing is looked up before the first is asked for.
struct Scrape {
    format: Format,
    chunks: Option<Chunks>,
}

impl Iterator for Scrape {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        self.chunks.get_or_insert_with(|| exposition::chunks(self.format)).next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.chunks.as_ref().map_or((0, None), Iterator::size_hint)
    }
}

#[cfg(test)]
mod tests;
