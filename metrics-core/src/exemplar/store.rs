//! Where the exemplars of one series are kept.

use super::{Exemplar, ExemplarLabels, source};
use crate::created;
use std::{
    sync::{
        LazyLock, Mutex, PoisonError, TryLockError,
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
    places: Box<[Place]>,
    /// How often labels could not be an exemplar's.
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct Place {
    /// Until when the source is not asked, in milliseconds since the first was.
    until: AtomicU64,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    labels: ExemplarLabels,
    /// For the next one, so that one without labels leaves the last as it is.
    spare: ExemplarLabels,
    value: f64,
    at: Option<Duration>,
}

fn milliseconds() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Exemplars {
    pub(crate) fn new(places: u16) -> Self {
        Self { places: (0..places).map(|_| Place::default()).collect(), dropped: AtomicU64::new(0) }
    }

    /// Keeps an observation with these labels, or if there are none with those of the source.
    ///
    /// `place` is the number of a bucket, of which there may be more than places.
    #[inline]
    pub(crate) fn keep(&self, place: usize, value: f64, labels: Option<&[(&str, &str)]>) {
        if labels.is_some() || source::is_set() {
            self.keep_slow(place, value, labels);
        }
    }

    #[cold]
    fn keep_slow(&self, place: usize, value: f64, labels: Option<&[(&str, &str)]>) {
        let Some(place) = place.checked_rem(self.places.len()).and_then(|at| self.places.get(at)) else {
            return;
        };
        let now = if labels.is_none() { milliseconds() } else { 0 };
        if labels.is_none() && now < place.until.load(Ordering::Relaxed) {
            return;
        }
        let mut held = match place.held.try_lock() {
            Ok(held) => held,
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let Held { labels: kept, spare, .. } = &mut *held;
        spare.clear();
        let taken = match labels {
            Some(labels) => labels.iter().all(|(name, value)| spare.push(name, value)),
            None => source::ask(spare),
        };
        if taken {
            std::mem::swap(kept, spare);
            (held.value, held.at) = (value, Some(created::now()));
            if labels.is_none() {
                place.until.store(now.saturating_add(LASTS), Ordering::Relaxed);
            }
        } else if spare.refused() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// All that are kept, in the order of their places.
    pub(crate) fn read(&self) -> Vec<Exemplar> {
        self.places.iter().filter_map(Place::read).collect()
    }

    /// How many were left out because of their labels. Those of a removed series stay counted.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Starts again from nothing.
    pub(crate) fn forget(&self) {
        for place in &self.places {
            place.held.lock().unwrap_or_else(PoisonError::into_inner).at = None;
            place.until.store(0, Ordering::Relaxed);
        }
    }
}

impl Place {
    fn read(&self) -> Option<Exemplar> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Exemplar { labels: held.labels.pairs().to_vec(), value: held.value, at: held.at? })
    }
}
