//! Since when series count.
//!
//! Off unless the registry's configuration asks for it. Then the moment is noted at which a series gets its slots. All that
//! was there before, and whatever has a number of series fixed by its type, counts since the configuration was installed,
//! which is before it could be shown.

use once_cell::race::OnceBox;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

/// When it was switched on, and since then each first slot and its moment, in the order of the slots.
struct Noted {
    start: Duration,
    slots: Mutex<Vec<(u32, Duration)>>,
}

static NOTED: OnceBox<Noted> = OnceBox::new();

/// Now, since the beginning of 1970.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// Notes from now on.
pub(crate) fn enable() {
    NOTED.get_or_init(|| Box::new(Noted { start: now(), slots: Mutex::default() }));
}

/// Notes that a series has come to be.
pub(crate) fn note(slot: u32) {
    if let Some(noted) = NOTED.get() {
        let mut slots = noted.slots.lock().unwrap_or_else(PoisonError::into_inner);
        // Two threads may come here in another order than that in which they got their slots.
        let at = slots.partition_point(|&(known, _)| known < slot);
        slots.insert(at, (slot, now()));
    }
}

/// Since when the program counts, if that is to be shown.
pub(crate) fn start() -> Option<Duration> {
    NOTED.get().map(|noted| noted.start)
}

/// Since when this series counts, if that is to be shown.
pub(crate) fn of(slot: u32) -> Option<Duration> {
    let noted = NOTED.get()?;
    let slots = noted.slots.lock().unwrap_or_else(PoisonError::into_inner);
    let known = slots.binary_search_by_key(&slot, |&(known, _)| known).ok();
    Some(known.and_then(|at| slots.get(at)).map_or(noted.start, |&(_, at)| at))
}
