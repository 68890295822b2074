//! The cheapest correct monotonic clock.
//!
//! Where the processor's time-stamp counter is invariant and the system trusts it, timers read that: about half the
//! price of `Instant`. Its rate is not looked up but measured against `Instant`, by timers that are at least [`WARM_UP`]
//! apart, until two intervals in a row have the same; until then, and everywhere else, timers read `Instant`. Nothing
//! runs before `main` and nothing waits.

use crate::{
    cell::{OFF, read_tsc, tsc_is_usable},
    number::signed,
};
use std::{
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How far apart the two readings are that give the rate. `Instant` reads to some 50 ns, so the rate is right to a few
/// parts in a million.
const WARM_UP: Duration = Duration::from_millis(20);

/// Marks a reading of `Instant`: nanoseconds since the anchor. Counters start near 0 at power-up and do not get here.
const NANOSECONDS: u64 = 1 << 63;

/// Seconds for one tick, as bits; 0 until it is known.
static SECONDS_PER_TICK: AtomicU64 = AtomicU64::new(0);

/// One moment on both clocks.
#[derive(Clone, Copy)]
struct Reading {
    instant: Instant,
    ticks: u64,
}

impl Reading {
    /// The closest of a few tries. A thread that was interrupted between the two clocks would have a rate from them
    /// that is wrong by as much for as long as the program runs.
    fn take() -> Self {
        let (mut closest, mut reading) = Self::attempt();
        for _ in 0..3 {
            let (apart, next) = Self::attempt();
            if apart < closest {
                (closest, reading) = (apart, next);
            }
        }
        reading
    }

    /// A reading, and how many ticks went by around it.
    fn attempt() -> (u64, Self) {
        let ticks = read_tsc();
        let instant = Instant::now();
        (read_tsc().saturating_sub(ticks), Self { instant, ticks })
    }

    /// Seconds for one tick, if any went by since an earlier reading.
    fn rate_since(&self, earlier: &Self) -> Option<f64> {
        let ticks = self.ticks.checked_sub(earlier.ticks).filter(|&ticks| ticks > 0)?;
        Some(self.instant.duration_since(earlier.instant).as_secs_f64() / ticks as f64)
    }
}

/// How much two rates may differ to be the same, as a part of them. `Instant` and the counter are read within some 100 ns
/// of one another, and two readings are 20 ms apart.
const SAME: f64 = 1e-3;

/// How far apart two readings may be. Further ones are not compared: the longer it takes, the more a machine may have
/// done meanwhile.
const LONGEST: Duration = Duration::from_secs(10);

/// What the rate is measured with: it is believed when two intervals, one after the other, have the same.
///
/// A machine that was suspended, or moved to another one, between two readings has a counter that stood, jumped or began
/// again while `Instant` went on or did not. Such an interval has another rate than the next; every duration until the end
/// of the program would be scaled by it.
struct Calibration(Mutex<Option<(Reading, Option<f64>)>>);

static CALIBRATION: Calibration = Calibration(Mutex::new(None));

impl Calibration {
    /// Takes one more reading into account.
    fn try_to_settle(&self, now: &Reading) {
        // Another thread is at it.
        let Ok(mut last) = self.0.try_lock() else { return };
        if let Some(rate) = settle(&mut last, now) {
            SECONDS_PER_TICK.store(rate.to_bits(), Ordering::Relaxed);
        }
    }
}

/// Takes one more reading into account. Returns the rate as soon as it is known.
fn settle(last: &mut Option<(Reading, Option<f64>)>, now: &Reading) -> Option<f64> {
    let (earlier, before) = last.unwrap_or((*now, None));
    let apart = now.instant.saturating_duration_since(earlier.instant);
    if last.is_some() && apart < WARM_UP {
        return None;
    }
    let rate = if apart <= LONGEST { now.rate_since(&earlier) } else { None };
    *last = Some((*now, rate));
    let (rate, before) = (rate?, before?);
    ((rate - before).abs() <= SAME * rate.max(before)).then_some(rate)
}

/// The first reading.
struct Anchor {
    reading: Reading,
    usable: bool,
}

impl Anchor {
    fn elapsed(&self) -> Duration {
        self.reading.instant.elapsed()
    }
}

static ANCHOR: OnceLock<Anchor> = OnceLock::new();

fn anchor() -> &'static Anchor {
    ANCHOR.get_or_init(|| Anchor { usable: tsc_is_usable(), reading: Reading::take() })
}

/// A moment, to be compared with another by [`Moment::elapsed`].
#[derive(Clone, Copy, Debug)]
pub struct Moment(u64);

impl Moment {
    /// Now.
    #[inline(always)]
    #[must_use]
    pub fn now() -> Self {
        if OFF {
            return Self(0);
        }
        if SECONDS_PER_TICK.load(Ordering::Relaxed) == 0 { Self::by_instant() } else { Self(read_tsc()) }
    }

    #[cold]
    fn by_instant() -> Self {
        let anchor = anchor();
        let elapsed = anchor.elapsed();
        if anchor.usable && elapsed >= WARM_UP {
            CALIBRATION.try_to_settle(&Reading::take());
        }
        // Five hundred years of nanoseconds fit below the mark.
        let nanoseconds = u64::try_from(elapsed.as_nanos()).unwrap_or(NANOSECONDS - 1);
        Self(nanoseconds | NANOSECONDS)
    }

    /// Seconds from this moment to now; never negative.
    #[inline(always)]
    pub fn elapsed(self) -> f64 {
        if OFF {
            return 0.0;
        }
        if self.0 & NANOSECONDS == 0 {
            let ticks = read_tsc().saturating_sub(self.0);
            // Ticks are far below 2^63, and a signed conversion is one instruction where an unsigned one is several.
            signed(ticks) as f64 * f64::from_bits(SECONDS_PER_TICK.load(Ordering::Relaxed))
        } else {
            self.elapsed_by_instant()
        }
    }

    #[cold]
    fn elapsed_by_instant(self) -> f64 {
        let start = Duration::from_nanos(self.0 & !NANOSECONDS);
        anchor().elapsed().saturating_sub(start).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, Reading, WARM_UP, settle};
    use std::time::{Duration, Instant};

    /// A reading after so many milliseconds of `Instant` and ticks of the counter.
    fn reading(start: Instant, milliseconds: u64, ticks: u64) -> Reading {
        Reading { instant: start + Duration::from_millis(milliseconds), ticks }
    }

    #[test]
    fn an_interval_in_which_a_clock_stood_or_jumped_gives_no_rate() {
        let start = Instant::now();
        // A million ticks a millisecond.
        let steady = |at: u64| (at, 1_000_000 * at);
        let expected = 1e-9;
        for odd in [
            // The counter went on while `Instant` stood, as it does where the machine is suspended.
            [(0, 0), (25, 25_000_000 * 1000), (50, 25_000_000 * 1001), (75, 25_000_000 * 1002)],
            // It began again.
            [(0, 9_000_000_000), (25, 1000), (50, 25_001_000), (75, 50_001_000)],
            // It stood while `Instant` went on.
            [(0, 0), (9000, 25_000_000), (9025, 50_000_000), (9050, 75_000_000)],
            // Nobody took a timer for a day, in which anything may have been.
            [(0, 0), (86_400_000, 7), (86_400_025, 25_000_007), (86_400_050, 50_000_007)],
            [steady(0), steady(25), steady(50), steady(75)],
        ] {
            let mut last = None;
            let rates: Vec<f64> =
                odd.iter().filter_map(|&(at, ticks)| settle(&mut last, &reading(start, at, ticks))).collect();
            assert!(!rates.is_empty(), "{odd:?}");
            for rate in rates {
                assert!((rate - expected).abs() < expected * 1e-6, "{odd:?}: {rate}");
            }
        }
        let mut last = None;
        for at in 0..100 {
            assert_eq!(settle(&mut last, &reading(start, 25 * at, 5)), None, "a counter that stands");
        }
    }

    #[test]
    fn agrees_with_instant_before_and_after_the_warm_up() {
        for _ in 0..3 {
            let outer = Instant::now();
            let moment = Moment::now();
            let inner = Instant::now();
            while inner.elapsed() < WARM_UP + Duration::from_millis(5) {
                std::hint::spin_loop();
            }
            let least = inner.elapsed().as_secs_f64();
            let measured = moment.elapsed();
            let most = outer.elapsed().as_secs_f64();
            // A part in a thousand for the rate; the rest is bracketed.
            assert!(measured >= least * 0.999 && measured <= most * 1.001, "{least} {measured} {most}");
        }
    }
}
