//! The cheapest correct monotonic clock.
//!
//! Where the processor's time-stamp counter is invariant and the system trusts it, timers read that: about half the
//! price of `Instant`. Its rate is not looked up but measured against `Instant`, between the first timer and the
//! first one at least [`WARM_UP`] later; until then, and everywhere else, timers read `Instant`. Nothing runs before
//! `main` and nothing waits.

use crate::{
    cell::{read_tsc, tsc_is_usable},
    number::signed,
};
use std::{
    sync::{
        OnceLock,
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
        if SECONDS_PER_TICK.load(Ordering::Relaxed) == 0 { Self::by_instant() } else { Self(read_tsc()) }
    }

    #[cold]
    fn by_instant() -> Self {
        let anchor = anchor();
        let elapsed = anchor.elapsed();
        if anchor.usable && elapsed >= WARM_UP {
            if let Some(rate) = Reading::take().rate_since(&anchor.reading) {
                SECONDS_PER_TICK.store(rate.to_bits(), Ordering::Relaxed);
            }
        }
        // Five hundred years of nanoseconds fit below the mark.
        let nanoseconds = u64::try_from(elapsed.as_nanos()).unwrap_or(NANOSECONDS - 1);
        Self(nanoseconds | NANOSECONDS)
    }

    /// Seconds from this moment to now; never negative.
    #[inline(always)]
    pub fn elapsed(self) -> f64 {
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
    use super::{Moment, WARM_UP};
    use std::time::{Duration, Instant};

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
