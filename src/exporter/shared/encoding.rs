//! One encoding, and how far everybody has read it.

use std::{
    collections::{BTreeMap, VecDeque},
    mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::{Duration, Instant},
};

use bytes::Bytes;

/// What is encoded, chunk by chunk. Its `size_hint` tells when nothing is left, if it knows.
pub(in crate::exporter) type Source = Box<dyn Iterator<Item = Vec<u8>> + Send>;

#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) window: usize,
    pub(super) patience: Duration,
    pub(super) fresh: Duration,
}

/// An encoding with its readers. Whichever of them needs more first has it encoded.
pub(super) struct Encoding {
    limits: Limits,
    state: Mutex<State>,
    /// The slowest reader has taken something, or has gone.
    room: Condvar,
}

struct State {
    phase: Phase,
    /// What is held.
    chunks: VecDeque<Bytes>,
    held: usize,
    /// What was let go before it.
    gone: Place,
    /// When the first bytes were there.
    begun: Option<Instant>,
    readers: BTreeMap<u64, Waiting>,
    next_reader: u64,
    /// How long the others will still wait for the slowest reader.
    patience: Duration,
}

enum Phase {
    Idle(Source),
    /// A thread encodes, or waits for room.
    Busy,
    Done,
    /// Encoding panicked.
    Failed,
}

/// A place between two chunks.
#[derive(Clone, Copy, Default)]
struct Place {
    chunk: usize,
    byte: usize,
}

impl Place {
    fn pass(&mut self, chunk: &Bytes) {
        self.chunk += 1;
        self.byte += chunk.len();
    }
}

struct Waiting {
    at: Place,
    waker: Option<Waker>,
}

/// What a reader finds.
pub(super) enum Found {
    /// As much as it wants, or the end.
    Enough,
    /// Somebody is at it, and will wake the reader.
    Busy,
    /// Nobody is at it.
    Idle,
    /// The reader was cut off.
    CutOff,
    Failed,
}

impl Encoding {
    pub(super) fn new(source: Source, limits: Limits) -> Self {
        let state = State {
            phase: Phase::Idle(source),
            chunks: VecDeque::new(),
            held: 0,
            gone: Place::default(),
            begun: None,
            readers: BTreeMap::new(),
            next_reader: 0,
            patience: limits.patience,
        };
        Self { limits, state: Mutex::new(state), room: Condvar::new() }
    }

    /// Adds a reader at the beginning, if it is still there to be read and not all is encoded.
    pub(super) fn join(&self) -> Option<u64> {
        let mut state = self.lock();
        let under_way = matches!(state.phase, Phase::Idle(_) | Phase::Busy);
        let fresh = state.begun.is_none_or(|begun| begun.elapsed() < self.limits.fresh);
        (under_way && fresh && state.gone.chunk == 0).then(|| {
            let id = state.next_reader;
            state.next_reader += 1;
            state.readers.insert(id, Waiting { at: Place::default(), waker: None });
            id
        })
    }

    /// Removes a reader, which others may have waited for.
    pub(super) fn leave(&self, id: u64) {
        let mut state = self.lock();
        let reader = state.readers.remove(&id);
        state.let_go();
        drop(state);
        self.room.notify_all();
        drop(reader);
    }

    /// Whether a reader can go on. If it cannot, the waker is called when that may have changed.
    pub(super) fn look(&self, id: u64, enough: usize, waker: &Waker) -> Found {
        let mut state = self.lock();
        let Some(ahead) = state.ahead(id) else { return Found::CutOff };
        if ahead >= enough {
            return Found::Enough;
        }
        let found = match state.phase {
            Phase::Done => return Found::Enough,
            Phase::Failed => return Found::Failed,
            Phase::Busy => Found::Busy,
            Phase::Idle(_) => Found::Idle,
        };
        let before = state.readers.get_mut(&id).and_then(|reader| reader.waker.replace(waker.clone()));
        drop(state);
        drop(before);
        found
    }

    /// Takes the next chunk, if there is one.
    pub(super) fn take(&self, id: u64) -> Option<Bytes> {
        let mut state = self.lock();
        let State { readers, chunks, gone, .. } = &mut *state;
        let reader = readers.get_mut(&id)?;
        let chunk = chunks.get(reader.at.chunk - gone.chunk)?.clone();
        reader.at.pass(&chunk);
        state.let_go();
        drop(state);
        self.room.notify_all();
        Some(chunk)
    }

    /// How much a reader has before it, if that is known.
    pub(super) fn remaining(&self, id: u64) -> Option<usize> {
        let state = self.lock();
        if matches!(state.phase, Phase::Done) { state.ahead(id) } else { None }
    }

    /// Encodes until this reader has enough before it. Does nothing if somebody else is at it.
    pub(super) fn advance(&self, id: u64, enough: usize) {
        let mut state = self.lock();
        if state.ahead(id).is_none_or(|ahead| ahead >= enough) || !matches!(state.phase, Phase::Idle(_)) {
            return;
        }
        let Phase::Idle(mut source) = mem::replace(&mut state.phase, Phase::Busy) else { return };
        // From here on somebody may wait for this thread.
        let busy = Busy(Some(self));
        let state = self.make_room(state);
        let missing = enough - state.ahead(id).unwrap_or(enough).min(enough);
        let room = self.limits.window.saturating_sub(state.held);
        drop(state);

        let mut encoded = Vec::new();
        let mut length = 0;
        let mut more = true;
        while more && length < missing.min(room) {
            let chunk = source.next();
            more = chunk.is_some() && source.size_hint().1 != Some(0);
            if let Some(chunk) = chunk.filter(|chunk| !chunk.is_empty()) {
                length += chunk.len();
                encoded.push(Bytes::from(chunk));
            }
        }
        busy.done(encoded, length, more.then_some(source));
    }

    /// Waits until the window is not full, and cuts off who is the slowest if that takes too long.
    fn make_room<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let is_full = |state: &mut State| state.held >= self.limits.window && !state.readers.is_empty();
        while is_full(&mut state) {
            let (start, patience) = (Instant::now(), state.patience);
            let waited = self.room.wait_timeout_while(state, patience, |state| is_full(state));
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if is_full(&mut state) {
                let cut_off = state.cut_off();
                state.patience = self.limits.patience;
                drop(state);
                wake(cut_off);
                state = self.lock();
            } else {
                state.patience = patience.saturating_sub(start.elapsed());
            }
        }
        state
    }

    /// How many bytes are held.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        let state = self.lock();
        assert_eq!(state.held, state.chunks.iter().map(Bytes::len).sum::<usize>());
        state.held
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How many bytes are there for a reader to take, unless it was cut off.
    fn ahead(&self, id: u64) -> Option<usize> {
        self.readers.get(&id).map(|reader| self.gone.byte + self.held - reader.at.byte)
    }

    /// Lets go of what all readers have taken. If there is no reader, the next may still want it.
    fn let_go(&mut self) {
        let Some(slowest) = self.readers.values().map(|reader| reader.at.chunk).min() else { return };
        while self.gone.chunk < slowest
            && let Some(chunk) = self.chunks.pop_front()
        {
            self.gone.pass(&chunk);
            self.held -= chunk.len();
        }
    }

    /// Removes the slowest readers.
    fn cut_off(&mut self) -> Vec<Waker> {
        let slowest = self.readers.values().map(|reader| reader.at.chunk).min();
        let cut_off = self.readers.extract_if(.., |_, reader| Some(reader.at.chunk) == slowest);
        let wakers = cut_off.filter_map(|(_, reader)| reader.waker).collect();
        self.let_go();
        wakers
    }

    fn wakers(&mut self) -> Vec<Waker> {
        self.readers.values_mut().filter_map(|reader| reader.waker.take()).collect()
    }
}

/// A thread that encodes. If it is dropped without having said that it is done, encoding has panicked.
struct Busy<'a>(Option<&'a Encoding>);

impl Busy<'_> {
    fn done(mut self, encoded: Vec<Bytes>, length: usize, source: Option<Source>) {
        // Taken, so that the drop leaves the phase alone: as soon as the lock is free, another thread may be at it.
        let Some(encoding) = self.0.take() else { return };
        let mut state = encoding.lock();
        state.chunks.extend(encoded);
        state.held += length;
        state.begun.get_or_insert_with(Instant::now);
        state.phase = source.map_or(Phase::Done, Phase::Idle);
        let wakers = state.wakers();
        drop(state);
        wake(wakers);
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let Some(encoding) = self.0 else { return };
        let mut state = encoding.lock();
        state.phase = Phase::Failed;
        let wakers = state.wakers();
        drop(state);
        wake(wakers);
    }
}

fn wake(wakers: Vec<Waker>) {
    wakers.into_iter().for_each(Waker::wake);
}
