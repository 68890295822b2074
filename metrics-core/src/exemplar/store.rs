//! Where the exemplars of one series are kept.

use super::{Exemplar, ExemplarLabels, source};
use crate::{
    cell::{
        Loss, directory,
        gate::{self, Locked},
    },
    created,
};
use std::{
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, TryLockError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long an exemplar that a source gave is kept before the source is asked again, in milliseconds.
const LASTS: u64 = 1_000;

/// One place for each bucket. A thread that finds a place in use goes on without it: an exemplar is any observation,
/// and the one that is being written is as good.
#[derive(Debug)]
pub(crate) struct Exemplars {
    /// The first slot of the series.
    slot: u32,
    places: Box<[Place]>,
    /// How often labels could not be an exemplar's.
    dropped: AtomicU64,
    /// How often they were forgotten. What was observed before that is not shown.
    forgotten: AtomicU64,
}

/// When an exemplar was observed: since the others were last forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Since(u64);

#[derive(Debug, Default)]
struct Place {
    /// Until when the source is not asked, in milliseconds since the first was.
    until: AtomicU64,
    /// Nobody is called, nor any allocator, while it is locked.
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    labels: Arc<ExemplarLabels>,
    /// For the next one, so that one without labels leaves the last as it is.
    spare: Option<Arc<ExemplarLabels>>,
    value: f64,
    at: Option<Duration>,
    since: Since,
    /// Where it is for other processes.
    note: u64,
}

fn milliseconds() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Exemplars {
    pub(crate) fn new(places: u16, slot: u32) -> Self {
        let places = (0..places).map(|_| Place::default()).collect();
        Self { slot, places, dropped: AtomicU64::new(0), forgotten: AtomicU64::new(0) }
    }

    /// When an observation is made. To be asked before it is asked whether its series is over.
    #[inline]
    pub(crate) fn since(&self) -> Since {
        Since(self.forgotten.load(Ordering::Acquire))
    }

    /// Keeps an observation with these labels, or if there are none with those of the source.
    ///
    /// `place` is the number of a bucket, of which there may be more than places.
    #[inline]
    pub(crate) fn keep(&self, place: usize, value: f64, labels: Option<&[(&str, &str)]>, since: Since) {
        if labels.is_some() || source::is_set() {
            self.keep_slow(place, value, labels, since);
        }
    }

    #[cold]
    fn keep_slow(&self, place: usize, value: f64, labels: Option<&[(&str, &str)]>, since: Since) {
        let Some(number) = place.checked_rem(self.places.len()) else { return };
        let Some(place) = self.places.get(number) else { return };
        let now = if labels.is_none() { milliseconds() } else { 0 };
        if labels.is_none() && now < place.until.load(Ordering::Relaxed) {
            return;
        }
        let spare = {
            let _within = gate::enter();
            let Some(mut held) = place.try_lock() else { return };
            held.spare.take()
        };
        // A reader may have it still.
        let mut new = spare.unwrap_or_default();
        let mut taken = false;
        if Arc::get_mut(&mut new).is_none() {
            new = Arc::default();
        }
        if let Some(new) = Arc::get_mut(&mut new) {
            new.clear();
            taken = match labels {
                Some(labels) => labels.iter().all(|(name, value)| new.push(name, value)),
                None => source::ask(new),
            };
        }
        let at = created::now();
        if !taken && new.refused() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            Loss::Exemplar.note();
        }
        let left = {
            let _within = gate::enter();
            let Some(mut held) = place.try_lock() else { return };
            if taken {
                std::mem::swap(&mut held.labels, &mut new);
                (held.value, held.at, held.since) = (value, Some(at), since);
                let pairs = held.labels.pairs().iter().map(|(name, value)| (name.as_str(), value.as_str()));
                held.note = directory::exemplar(held.note, (self.slot, number), value, at, pairs);
                if labels.is_none() {
                    place.until.store(now.saturating_add(LASTS), Ordering::Relaxed);
                }
            }
            held.spare.replace(new)
        };
        drop(left);
    }

    /// All that are kept, in the order of their places.
    pub(crate) fn read(&self) -> Vec<Exemplar> {
        let since = self.since();
        self.places.iter().filter_map(|place| place.read(since)).collect()
    }

    /// How many were left out because of their labels. Those of a removed series stay counted.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Starts again from nothing.
    pub(crate) fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        for place in &self.places {
            place.until.store(0, Ordering::Relaxed);
        }
    }
}

impl Place {
    fn lock(&self) -> Locked<'_, Held> {
        gate::lock(&self.held)
    }

    /// To be called within the [gate].
    fn try_lock(&self) -> Option<MutexGuard<'_, Held>> {
        match self.held.try_lock() {
            Ok(held) => Some(held),
            Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn read(&self, since: Since) -> Option<Exemplar> {
        let (labels, value, at) = {
            let held = self.lock();
            if held.since != since {
                return None;
            }
            (Arc::clone(&held.labels), held.value, held.at?)
        };
        Some(Exemplar { labels: labels.pairs().to_vec(), value, at })
    }
}
