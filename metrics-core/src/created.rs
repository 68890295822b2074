//! Creation timestamps (`_created`).
//!
//! Off unless the registry's configuration asks for it. Then the moment is noted at which a series gets its slots. All
//! that was there before, and whatever has a number of series fixed by its type, was created when the configuration was
//! installed, which is before it could be shown.

use crate::cell::Side;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

/// When it was switched on, in nanoseconds; 0 as long as it was not. And since then the moment of each first slot.
static START: AtomicU64 = AtomicU64::new(0);
static SLOTS: Side = Side::new();

/// In nanoseconds, of which there are 64 bits until the year 2554.
fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Now, since the beginning of 1970.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// Notes from now on.
pub(crate) fn enable() {
    let now = nanoseconds(now()).max(1);
    let _ = START.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
}

/// Notes that a series has come to be.
pub(crate) fn note(slot: u32) {
    if START.load(Ordering::Relaxed) != 0 {
        SLOTS.set(slot, nanoseconds(now()));
    }
}

/// When the program began to count, if that is to be shown.
pub(crate) fn start() -> Option<Duration> {
    Some(START.load(Ordering::Relaxed)).filter(|&start| start != 0).map(Duration::from_nanos)
}

/// Whether it is to be shown when series were created.
#[doc(hidden)]
pub fn is_shown() -> bool {
    start().is_some()
}

/// When this series was created, if that is to be shown.
pub(crate) fn of(slot: u32) -> Option<Duration> {
    let start = start()?;
    Some(Some(SLOTS.get(slot)).filter(|&noted| noted != 0).map_or(start, Duration::from_nanos))
}
