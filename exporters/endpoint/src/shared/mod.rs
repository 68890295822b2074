//! Scrapes that arrive together are encoded once, and each contains what was counted before it arrived.
//!
//! A scrape joins another that asks for the same (format, escaping, names, coding) if the encoding of that one has not begun.
//! If it has, the scrape belongs to the next one, which begins when the one under way is over: encoded to the end, failed, or
//! given up by all its readers. So however many arrive meanwhile, they cost one more. An encoding that takes longer, because
//! a collector is slow or a client reads slowly, has a lead of [`LEAD`] and then no longer holds up the next.
//!
//! Chunks are held, as counted references, until the slowest reader has taken them. When a [`WINDOW`] is held, the other
//! readers wait for the slowest, for [`PATIENCE`] in sum, and then it is cut off.

mod encoding;
mod reader;
mod readers;
mod state;

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

/// So long after an encoding has begun, the next one may begin in any case. A million series take less; and to scrapers,
/// which wait for seconds, it is not long.
const LEAD: Duration = Duration::from_millis(100);

const LIMITS: Limits = Limits { window: WINDOW, patience: PATIENCE, lead: LEAD };

static ONGOING: Ongoing<Wanted> = Ongoing::new(LIMITS);

/// What makes the bytes of two scrapes the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) request: Request,
    pub(super) coding: Coding,
}

/// Joins a scrape that is yet to be encoded, or makes one.
///
/// One that must not be cut off, because its client could not tell, is `alone`. So is one without a runtime, whose readers
/// encode where they are polled: one that waits for another there may keep that one from being polled.
pub(super) fn scrape(wanted: &Wanted, alone: bool) -> Reader {
    let source = || {
        let scrape = Scrape { request: wanted.request.clone(), chunks: None };
        coding::compress(wanted.coding, Box::new(scrape))
    };
    if alone || Handle::try_current().is_err() {
        return Reader::first(Encoding::new(source(), LIMITS));
    }
    ONGOING.join(wanted, source)
}

/// The encodings that somebody reads, those of each kind in the order in which they begin.
struct Ongoing<K> {
    limits: Limits,
    encodings: Mutex<Vec<(K, Weak<Encoding>)>>,
}

impl<K: Clone + Eq> Ongoing<K> {
    const fn new(limits: Limits) -> Self {
        Self { limits, encodings: Mutex::new(Vec::new()) }
    }

    fn join(&self, kind: &K, source: impl FnOnce() -> Source) -> Reader {
        let mut encodings = self.encodings.lock().unwrap_or_else(PoisonError::into_inner);
        // Names can be asked for in any number of combinations, so what is over must not stay.
        encodings.retain(|(_, encoding)| encoding.strong_count() > 0);
        let mut of_this_kind = encodings.iter().rev().filter(|(known, _)| known == kind);
        let latest = of_this_kind.find_map(|(_, encoding)| encoding.upgrade());
        if let Some(reader) = latest.as_ref().and_then(Reader::join) {
            return reader;
        }
        let encoding = match latest {
            Some(latest) => Encoding::after(&latest, source(), self.limits),
            None => Encoding::new(source(), self.limits),
        };
        encodings.push((kind.clone(), Arc::downgrade(&encoding)));
        Reader::first(encoding)
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
