//! The series of the last sampling: which of them have ended since, and since when the others count.

use std::collections::HashMap;

use super::{metadata::Metadata, symbols::Symbols, version::Versions};

/// All series that were there at the last sampling.
///
/// The key of a series are its labels, sorted by name: the numbers of a name and a value in turn.
pub(super) struct History {
    pub(super) symbols: Symbols,
    known: HashMap<Box<[u32]>, Known>,
    samplings: u64,
    /// The moment of the sampling before this one, if there was one.
    previous: Option<i64>,
    /// The moment of this sampling.
    now: i64,
    /// When the first sampling's series began to count.
    origin: i64,
}

/// What is known of a series.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// The last sampling that it was part of.
    sampling: u64,
    /// What it had counted by then, if it counts.
    counted: f64,
    /// Since when it counts; 0 if it does not.
    start: i64,
    /// The moment of its latest exemplar.
    pub(super) exemplar: i64,
    pub(super) metadata: Metadata,
    /// The messages that it is part of.
    pub(super) versions: Versions,
}

impl History {
    /// `origin` is when the program began to count, in milliseconds since the beginning of 1970, as all moments are.
    pub(super) fn new(origin: i64) -> Self {
        let (symbols, known) = (Symbols::new(), HashMap::new());
        Self { symbols, known, samplings: 0, previous: None, now: origin, origin }
    }

    /// Begins a sampling. Returns its moment, which is after that of the last one even if the clock was set back.
    pub(super) fn begin(&mut self, now: i64) -> i64 {
        self.previous = (self.samplings > 0).then_some(self.now);
        self.now = now.max(self.now + 1);
        self.samplings += 1;
        self.now
    }

    /// Notes that a series is there.
    pub(super) fn see(&mut self, key: &[u32], metadata: Metadata, versions: Versions) -> Option<&mut Known> {
        let sampling = self.samplings;
        let new = Known { sampling, counted: 0.0, start: 0, exemplar: 0, metadata, versions };
        // Nearly all are known: their keys are not copied.
        if !self.known.contains_key(key) {
            self.known.insert(key.into(), new);
        }
        let known = self.known.get_mut(key)?;
        (known.sampling, known.metadata, known.versions) = (sampling, metadata, versions);
        Some(known)
    }

    /// Since when a series counts that has counted so much, and that was `created` then, if that is known.
    pub(super) fn start(&mut self, key: &[u32], counted: f64, created: Option<i64>) -> i64 {
        // Between the moment of this sampling and its reading, a series may have come.
        let earliest = self.previous.unwrap_or(self.origin).min(self.now - 1);
        let before = self.known.get(key).filter(|known| known.start != 0 && known.counted <= counted);
        let start = match (created, before) {
            (Some(created), _) => created.min(self.now - 1),
            (None, Some(known)) => known.start,
            (None, None) => earliest,
        };
        if let Some(known) = self.known.get_mut(key) {
            (known.start, known.counted) = (start, counted);
        }
        start
    }

    /// Ends a sampling: forgets the series that were not part of it, and returns them.
    pub(super) fn end(&mut self) -> Vec<(Box<[u32]>, Known)> {
        let sampling = self.samplings;
        let mut ended = Vec::new();
        self.known.retain(|key, known| {
            let there = known.sampling == sampling;
            if !there {
                ended.push((key.clone(), *known));
            }
            there
        });
        ended
    }

    /// Forgets texts that no series has any more, when they are the greater part.
    pub(super) fn tidy(&mut self) {
        let live = 1024 + self.known.keys().map(|key| key.len()).sum::<usize>();
        if self.symbols.len() <= live.saturating_mul(2) {
            return;
        }
        let old = std::mem::replace(&mut self.symbols, Symbols::new());
        let mut moved = |number| self.symbols.number(old.text(number));
        self.known = std::mem::take(&mut self.known)
            .into_iter()
            .map(|(key, mut known)| {
                known.metadata.help = moved(known.metadata.help);
                known.metadata.unit = moved(known.metadata.unit);
                (key.iter().map(|number| moved(*number)).collect(), known)
            })
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(history: &mut History, name: &str, counted: f64) -> i64 {
        let key = [history.symbols.number("__name__"), history.symbols.number(name)];
        history.see(&key, Metadata::default(), Versions::BOTH);
        history.start(&key, counted, None)
    }

    #[test]
    fn since_when_series_count() {
        let mut history = History::new(1_000);
        assert_eq!(history.begin(2_000), 2_000);
        assert_eq!(seen(&mut history, "first", 5.0), 1_000);
        assert!(history.end().is_empty());
        history.begin(3_000);
        assert_eq!(seen(&mut history, "first", 5.0), 1_000);
        assert_eq!(seen(&mut history, "later", 5.0), 2_000, "it was not there at the sampling before");
        history.end();
        history.begin(4_000);
        assert_eq!(seen(&mut history, "first", 4.0), 3_000, "it has begun anew");
        assert_eq!(history.end().len(), 1, "the other one has ended");
        history.begin(5_000);
        assert_eq!(seen(&mut history, "first", 4.0), 3_000);
        assert_eq!(seen(&mut history, "later", 6.0), 4_000, "what has ended begins anew");
    }

    #[test]
    fn time_goes_on_when_the_clock_is_set_back() {
        let mut history = History::new(1_000);
        assert_eq!(history.begin(2_000), 2_000);
        assert_eq!(history.begin(1_500), 2_001);
        assert_eq!(history.begin(2_500), 2_500);
    }

    #[test]
    fn texts_of_ended_series_are_forgotten() {
        let mut history = History::new(1);
        for sampling in 1..100 {
            history.begin(sampling * 1_000);
            seen(&mut history, "stays", 1.0);
            for series in 0..100 {
                seen(&mut history, &format!("passes_{sampling}_{series}"), 1.0);
            }
            history.end();
            history.tidy();
        }
        assert!(history.symbols.len() < 5_000, "{}", history.symbols.len());
        history.begin(100_000);
        assert_eq!(seen(&mut history, "stays", 1.0), 1, "it is known under its new number");
    }
}
