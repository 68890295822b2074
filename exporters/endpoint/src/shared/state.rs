//! How far an encoding is, and how far everybody has read it.

use std::{
    collections::VecDeque,
    sync::{Arc, Weak},
    task::Waker,
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::{
    encoding::{Encoding, Source},
    readers::Readers,
};

/// The reader that an encoding is made for.
pub(super) const FIRST: u64 = 0;

pub(super) struct State {
    pub(super) phase: Phase,
    /// When the source was first asked. Before that, scrapes join; after that, they would miss what was counted meanwhile.
    pub(super) begun: Option<Instant>,
    /// When the encoding before this one began, as long as this one waits for its end.
    pub(super) behind: Option<Instant>,
    /// The encoding that waits for the end of this one.
    pub(super) next: Weak<Encoding>,
    /// What is held.
    pub(super) chunks: VecDeque<Bytes>,
    pub(super) held: usize,
    /// What was let go before it.
    pub(super) gone: Place,
    pub(super) readers: Readers,
    /// How long the others will still wait for the slowest reader.
    pub(super) patience: Duration,
}

pub(super) enum Phase {
    Idle(Source),
    /// A thread encodes, or waits for room or for its turn.
    Busy,
    Done,
    /// Encoding panicked.
    Failed,
}

/// A place between two chunks.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) chunk: usize,
    pub(super) byte: usize,
}

impl Place {
    pub(super) fn pass(&mut self, chunk: &Bytes) {
        self.chunk += 1;
        self.byte += chunk.len();
    }
}

impl State {
    pub(super) fn new(source: Source, patience: Duration, behind: Option<Instant>) -> Self {
        let mut readers = Readers::default();
        readers.admit();
        Self {
            phase: Phase::Idle(source),
            begun: None,
            behind,
            next: Weak::new(),
            chunks: VecDeque::new(),
            held: 0,
            gone: Place::default(),
            readers,
            patience,
        }
    }

    /// Whether nothing will be encoded any more: all is, or nobody wants it.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Done | Phase::Failed) || self.readers.is_empty()
    }

    /// The encoding that need not wait any longer, if there is one.
    pub(super) fn successor(&self) -> Option<Arc<Encoding>> {
        if self.is_over() { self.next.upgrade() } else { None }
    }

    /// How many bytes are there for a reader to take, unless it was cut off.
    pub(super) fn ahead(&self, id: u64) -> Option<usize> {
        self.readers.get(id).map(|reader| self.gone.byte + self.held - reader.at.byte)
    }

    /// Lets go of what all readers have taken. Who comes later reads something else.
    pub(super) fn let_go(&mut self) {
        let slowest = self.readers.slowest().unwrap_or(usize::MAX);
        while self.gone.chunk < slowest
            && let Some(chunk) = self.chunks.pop_front()
        {
            self.gone.pass(&chunk);
            self.held -= chunk.len();
        }
    }

    /// Removes the slowest readers.
    pub(super) fn cut_off(&mut self) -> Vec<Waker> {
        let slowest = self.readers.slowest();
        let wakers = slowest.map_or_else(Vec::new, |chunk| self.readers.remove_at(chunk));
        self.let_go();
        wakers
    }
}
