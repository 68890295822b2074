//! What one series has observed lately.

use super::{
    PARTS, Quantiles,
    place::{Place, Took},
};
use sketches_ddsketch::{Config, DDSketch};
use std::{
    fmt,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

/// Windows of one series: as many threads observe at the same moment.
const PLACES: usize = 8;

/// How often a thread looks for a window that nobody has, before it goes on without.
const TRIES: usize = 64;

/// Values closer to zero are zero.
const LEAST: f64 = 1e-9;

/// Bins of a sketch, of 8 bytes each.
const BINS: u32 = 2048;

/// Parts have numbers from here on, so that zero is that of none.
const FIRST: u64 = 1 + PARTS as u64;

fn sketch() -> DDSketch {
    DDSketch::new(Config::new(Quantiles::RELATIVE_ERROR, BINS, LEAST))
}

/// The windows of one series, which together have what was observed.
#[derive(Debug)]
pub(crate) struct Sketches {
    quantiles: Quantiles,
    places: [Place<Window>; PLACES],
    /// How often all was forgotten. What was observed before that is not shown.
    forgotten: AtomicU64,
}

/// A part of the observations, by when they were made.
struct Window {
    /// When the observations were made: since all was forgotten so often.
    since: u64,
    /// The number of the part, and its sketch. A part is at the place that its number gives.
    parts: [(u64, DDSketch); PARTS as usize],
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window").field("since", &self.since).finish_non_exhaustive()
    }
}

impl Window {
    fn new(since: u64) -> Self {
        Self { since, parts: std::array::from_fn(|_| (0, sketch())) }
    }

    fn add(&mut self, part: u64, value: f64) {
        let at = usize::try_from(part % u64::from(PARTS)).unwrap_or_default();
        let Some((number, sketch)) = self.parts.get_mut(at) else { return };
        if *number > part {
            // Another thread, whose clock was read later, was faster: what was observed then is forgotten by now.
            return;
        }
        if *number < part {
            (*number, *sketch) = (part, self::sketch());
        }
        sketch.add(value);
    }
}

impl Sketches {
    pub(crate) fn new(quantiles: Quantiles) -> Self {
        Self { quantiles, places: Default::default(), forgotten: AtomicU64::new(0) }
    }

    /// When an observation is made. To be asked before it is asked whether its series is over.
    pub(crate) fn since(&self) -> u64 {
        self.forgotten.load(Ordering::Acquire)
    }

    /// The number of the present part.
    fn part(&self) -> u64 {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        let parts = START.elapsed().as_nanos() / self.quantiles.part().as_nanos().max(1);
        FIRST + u64::try_from(parts).unwrap_or(u64::MAX - FIRST)
    }

    /// Observes a finite value.
    pub(crate) fn observe(&self, value: f64, since: u64) {
        self.observe_in(self.part(), value, since);
    }

    fn observe_in(&self, part: u64, value: f64, since: u64) {
        for _ in 0..TRIES {
            for place in &self.places {
                let mut window = match place.take(true) {
                    Took::Busy => continue,
                    Took::Window(window) if window.since == since => window,
                    Took::Window(window) if window.since > since => return place.put(window),
                    Took::Vacant | Took::Window(_) => Box::new(Window::new(since)),
                };
                window.add(part, value);
                return place.put(window);
            }
            thread::yield_now();
        }
    }

    /// Returns each quantile and its value.
    pub(crate) fn read(&self) -> Vec<(f64, f64)> {
        self.read_in(self.part())
    }

    fn read_in(&self, part: u64) -> Vec<(f64, f64)> {
        let since = self.since();
        let mut all = sketch();
        for place in &self.places {
            // A thread has it for a moment; one that has ended with it, for ever.
            for _ in 0..TRIES {
                match place.take(false) {
                    Took::Vacant => break,
                    Took::Busy => thread::yield_now(),
                    Took::Window(window) => {
                        let recent = |number: u64| number + u64::from(PARTS) > part && number <= part;
                        for (_, sketch) in window.parts.iter().filter(|(number, _)| recent(*number)) {
                            if window.since == since {
                                // Sketches that are configured alike can always be merged.
                                let _ = all.merge(sketch);
                            }
                        }
                        place.put(window);
                        break;
                    }
                }
            }
        }
        let value = |&quantile| (quantile, all.quantile(quantile).ok().flatten().unwrap_or(f64::NAN));
        self.quantiles.of().iter().map(value).collect()
    }

    /// Starts again from nothing. Asks no allocator for anything.
    pub(crate) fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OF: &[f64] = &[0.0, 0.25, 0.5, 0.9, 0.99, 1.0];

    fn sketches() -> Sketches {
        Sketches::new(Quantiles::new(OF))
    }

    /// The observation that a quantile is of, from all of them.
    fn exact(sorted: &[f64], quantile: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place among them")]
        let rank = (quantile * (sorted.len() - 1) as f64) as usize;
        sorted[rank]
    }

    fn assert_close(found: &[(f64, f64)], observed: &[f64]) {
        let mut sorted = observed.to_vec();
        sorted.sort_by(f64::total_cmp);
        for &(quantile, value) in found {
            let exact = exact(&sorted, quantile);
            let most = exact.abs() * Quantiles::RELATIVE_ERROR * (1.0 + 1e-9) + LEAST;
            assert!((value - exact).abs() <= most, "{quantile}: {value} instead of {exact}");
        }
    }

    proptest! {
        /// Whatever is observed, and however it is distributed over threads that observe at the same moment.
        #[test]
        fn within_the_stated_error(
            observed in prop::collection::vec(
                prop_oneof![1e-6..1e6_f64, -1e3..1e3_f64, Just(0.0), 0.9..1.1_f64], 1..400),
            busy in 0..PLACES - 1,
        ) {
            let sketches = sketches();
            for (at, &value) in observed.iter().enumerate() {
                // As if other threads had the first places, now and then.
                let taken: Vec<_> =
                    sketches.places.iter().take(if at % 3 == 0 { busy } else { 0 }).map(|place| place.take(true)).collect();
                sketches.observe_in(FIRST, value, 0);
                for (place, took) in sketches.places.iter().zip(taken) {
                    match took {
                        Took::Window(window) => place.put(window),
                        _ => place.put(Box::new(Window::new(0))),
                    }
                }
            }
            assert_close(&sketches.read_in(FIRST), &observed);
        }
    }

    #[test]
    fn what_is_older_than_the_window_is_forgotten_part_by_part() {
        let sketches = sketches();
        for part in 0..20 {
            let (now, value) = (FIRST + part, 2.0_f64.powi(i32::try_from(part).expect("small")));
            sketches.observe_in(now, value, 0);
            let least =
                2.0_f64.powi(i32::try_from(part.saturating_sub(u64::from(PARTS) - 1)).expect("small"));
            let found = sketches.read_in(now);
            assert_eq!((found[0], found[OF.len() - 1]), ((0.0, least), (1.0, value)));
        }
        let long_after = sketches.read_in(FIRST + 100);
        assert!(long_after.iter().all(|(_, value)| value.is_nan()), "{long_after:?}");
        // A thread that read the clock before that.
        sketches.observe_in(FIRST + 3, 1e9, 0);
        assert!(sketches.read_in(FIRST + 19).iter().all(|&(_, value)| value < 1e9));
    }

    #[test]
    fn a_series_that_was_removed_begins_again() {
        let sketches = sketches();
        let before = sketches.since();
        sketches.observe_in(FIRST, 5.0, before);
        sketches.forget();
        assert!(sketches.read_in(FIRST).iter().all(|(_, value)| value.is_nan()));
        sketches.observe_in(FIRST, 3.0, sketches.since());
        // One that began before it was removed.
        sketches.observe_in(FIRST, 5.0, before);
        let found = sketches.read_in(FIRST);
        assert_eq!((found[0], found[OF.len() - 1]), ((0.0, 3.0), (1.0, 3.0)));
    }

    /// All observations of many threads are there, since there are places for all of them.
    #[test]
    fn threads_lose_nothing() {
        let sketches = sketches();
        thread::scope(|scope| {
            for thread in 0..4_u32 {
                let sketches = &sketches;
                scope.spawn(move || {
                    (1..=500).for_each(|at| sketches.observe_in(FIRST, f64::from(thread * 500 + at), 0));
                });
            }
        });
        let observed: Vec<f64> = (1..=2000).map(f64::from).collect();
        assert_close(&sketches.read_in(FIRST), &observed);
        let count = |place: &Place<Window>| match place.take(false) {
            Took::Window(window) => window.parts.iter().map(|(_, sketch)| sketch.count()).sum(),
            _ => 0,
        };
        assert_eq!(sketches.places.iter().map(count).sum::<usize>(), 2000);
    }

    #[test]
    fn where_all_places_are_taken_nobody_waits_for_ever() {
        let sketches = sketches();
        let taken: Vec<_> = sketches.places.iter().map(|place| place.take(true)).collect();
        sketches.observe_in(FIRST, 1.0, 0);
        assert!(sketches.read_in(FIRST)[0].1.is_nan());
        drop(taken);
    }
}
