//! One encoding: what its readers do to it, and the thread that encodes.

use std::{
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::state::{Phase, State};

/// What is encoded, chunk by chunk. Its `size_hint` tells when nothing is left, if it knows.
pub(in crate) type Source = Box<dyn Iterator<Item = Vec<u8>> + Send>;

#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) window: usize,
    pub(super) patience: Duration,
    pub(super) lead: Duration,
}

/// An encoding with its readers. Whichever of them needs more first has it encoded.
pub(super) struct Encoding {
    limits: Limits,
    state: Mutex<State>,
    /// The slowest reader has taken something, or has gone, or it is this encoding's turn.
    changed: Condvar,
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
    /// An encoding with its first reader.
    pub(super) fn new(source: Source, limits: Limits) -> Arc<Self> {
        Self::behind(None, source, limits)
    }

    /// The same, to begin when another encoding is over or has had its lead.
    pub(super) fn after(before: &Self, source: Source, limits: Limits) -> Arc<Self> {
        let mut state = before.lock();
        let next = Self::behind(state.begun.filter(|_| !state.is_over()), source, limits);
        // Whoever ends it from here on sees who waits.
        state.next = Arc::downgrade(&next);
        next
    }

    fn behind(before: Option<Instant>, source: Source, limits: Limits) -> Arc<Self> {
        let state = State::new(source, limits.patience, before);
        Arc::new(Self { limits, state: Mutex::new(state), changed: Condvar::new() })
    }

    /// Adds a reader, unless this has begun.
    pub(super) fn join(&self) -> Option<u64> {
        let mut state = self.lock();
        state.begun.is_none().then(|| state.readers.admit())
    }

    /// Removes a reader, which others may have waited for.
    pub(super) fn leave(&self, id: u64) {
        let mut state = self.lock();
        let reader = state.readers.remove(id);
        state.let_go();
        let next = state.successor();
        drop(state);
        self.changed.notify_all();
        if let Some(next) = next {
            next.take_turn();
        }
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
        let before = state.readers.get_mut(id).and_then(|reader| reader.waker.replace(waker.clone()));
        drop(state);
        drop(before);
        found
    }

    /// Takes the next chunk, if there is one.
    pub(super) fn take(&self, id: u64) -> Option<Bytes> {
        let mut state = self.lock();
        let State { readers, chunks, gone, .. } = &mut *state;
        let reader = readers.get_mut(id)?;
        let chunk = chunks.get(reader.at.chunk - gone.chunk)?.clone();
        reader.at.pass(&chunk);
        state.let_go();
        drop(state);
        self.changed.notify_all();
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
        let state = self.wait_for_turn(state);
        let mut state = self.make_room(state);
        // Nothing, if the reader has gone meanwhile.
        let missing = enough - state.ahead(id).unwrap_or(enough).min(enough);
        let missing = missing.min(self.limits.window.saturating_sub(state.held));
        if missing > 0 {
            state.begun.get_or_insert_with(Instant::now);
        }
        drop(state);

        let mut encoded = Vec::new();
        let mut length = 0;
        let mut more = true;
        while more && length < missing {
            let chunk = source.next();
            more = chunk.is_some() && source.size_hint().1 != Some(0);
            if let Some(chunk) = chunk.filter(|chunk| !chunk.is_empty()) {
                length += chunk.len();
                encoded.push(Bytes::from(chunk));
            }
        }
        busy.done(encoded, length, more.then_some(source));
    }

    /// Waits until the encoding before this one is over or has had its lead, or nobody wants this one.
    ///
    /// The thread waits rather than a task, since a runtime need not have timers, and a client that is not polled must not
    /// hold up the others.
    fn wait_for_turn<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        while let Some(before) = state.behind
            && !state.readers.is_empty()
        {
            let left = self.limits.lead.saturating_sub(before.elapsed());
            if left.is_zero() {
                state.behind = None;
            } else {
                (state, _) = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
            }
        }
        state
    }

    /// The encoding before this one is over.
    fn take_turn(&self) {
        self.lock().behind = None;
        self.changed.notify_all();
    }

    /// Waits until the window is not full, and cuts off who is the slowest if that takes too long.
    fn make_room<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let is_full = |state: &mut State| state.held >= self.limits.window && !state.readers.is_empty();
        while is_full(&mut state) {
            let (start, patience) = (Instant::now(), state.patience);
            let waited = self.changed.wait_timeout_while(state, patience, |state| is_full(state));
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if is_full(&mut state) {
                let cut_off = state.cut_off();
                state.patience = self.limits.patience;
                drop(state);
                cut_off.into_iter().for_each(Waker::wake);
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

    /// Whether a thread is at it.
    #[cfg(test)]
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.lock().phase, Phase::Busy)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        state.phase = source.map_or(Phase::Done, Phase::Idle);
        tell(state);
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let Some(encoding) = self.0 else { return };
        let mut state = encoding.lock();
        state.phase = Phase::Failed;
        tell(state);
    }
}

/// Wakes all readers, and the encoding that waits for the end of this one if it has come.
fn tell(mut state: MutexGuard<'_, State>) {
    let (wakers, next) = (state.readers.take_wakers(), state.successor());
    drop(state);
    if let Some(next) = next {
        next.take_turn();
    }
    wakers.into_iter().for_each(Waker::wake);
}
