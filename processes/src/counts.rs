//! Series that are one integer each, side by side: what most series of a group are, and what is added up without looking
//! at each.

use std::collections::BTreeMap;
use tallymark_core::exemplar::Exemplar;

/// The newest exemplars of a series, by place.
pub(crate) type Exemplars = BTreeMap<u32, Exemplar>;

/// When a series was created that shows nothing. It is later than any moment, so the earliest of several is right also
/// where some show nothing.
const ABSENT: u64 = u64::MAX;
/// When a series was created of which that is not known.
const UNKNOWN: u64 = u64::MAX - 1;

/// The sums of a family of whole counters, by the places of its series.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    sums: Vec<u64>,
    /// When each was created, in nanoseconds since 1970, or [`ABSENT`] or [`UNKNOWN`].
    created: Vec<u64>,
    /// The few that have any.
    pub(crate) exemplars: BTreeMap<usize, Exemplars>,
}

/// The moment as it is compared, given one that is 0 if it is unknown.
pub(crate) fn comparable(created: u64) -> u64 {
    if created == 0 { UNKNOWN } else { created.min(UNKNOWN) }
}

impl Counts {
    /// No series of so many.
    pub(crate) fn absent(len: usize) -> Self {
        let mut counts = Self::default();
        counts.reset(len);
        counts
    }

    /// Forgets what was added, and keeps the memory.
    pub(crate) fn reset(&mut self, len: usize) {
        self.sums.clear();
        self.sums.resize(len, 0);
        self.created.clear();
        self.created.resize(len, ABSENT);
        self.exemplars.clear();
    }

    /// Adds a place that shows nothing yet.
    pub(crate) fn push(&mut self) {
        self.sums.push(0);
        self.created.push(ABSENT);
    }

    /// Adds what one process has counted in a series. `created` is 0 if it is unknown.
    pub(crate) fn add(&mut self, at: usize, count: u64, created: u64) {
        if let (Some(sum), Some(known)) = (self.sums.get_mut(at), self.created.get_mut(at)) {
            *sum = sum.wrapping_add(count);
            *known = (*known).min(comparable(created));
        }
    }

    /// Adds what one process has counted in series that are neighbours, the first of them at `at`. `created` is
    /// [`comparable`].
    pub(crate) fn add_all(&mut self, at: usize, counts: &[u64], created: &[u64], hides_zero: bool) {
        for (sum, count) in self.sums.iter_mut().skip(at).zip(counts) {
            *sum = sum.wrapping_add(*count);
        }
        for ((known, count), created) in self.created.iter_mut().skip(at).zip(counts).zip(created) {
            *known = (*known).min(if *count == 0 && hides_zero { ABSENT } else { *created });
        }
    }

    /// What a series shows, and when it was created, which is 0 if it is unknown. Nothing if it shows nothing.
    pub(crate) fn get(&self, at: usize) -> Option<(u64, u64)> {
        match *self.created.get(at)? {
            ABSENT => None,
            UNKNOWN => Some((*self.sums.get(at)?, 0)),
            created => Some((*self.sums.get(at)?, created)),
        }
    }

    /// Whether any series shows anything.
    pub(crate) fn is_any(&self) -> bool {
        self.created.iter().any(|created| *created != ABSENT)
    }

    /// Adds an exemplar of a series that shows something, unless there is a newer one in its place.
    pub(crate) fn exemplar(&mut self, at: usize, place: u32, exemplar: Exemplar) {
        let known = self.exemplars.entry(at).or_default().entry(place).or_default();
        if known.at <= exemplar.at {
            *known = exemplar;
        }
    }
}
