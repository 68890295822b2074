//! Creation timestamps (`_created`).
//!
//! Off unless the registry's configuration asks for it. Then the moment is noted at which a series gets its slots. All
//! that was there before, and whatever has a number of series fixed by its type, was created when the configuration was
//! installed, which is before it could be shown.

use once_cell::race::OnceBox;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

/// When it was switched on, and since then the moment of each first slot.
struct Noted {
    start: Duration,
    slots: Mutex<BTreeMap<u32, Duration>>,
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
        noted.slots.lock().unwrap_or_else(PoisonError::into_inner).insert(slot, now());
    }
}

/// When the program began to count, if that is to be shown.
pub(crate) fn start() -> Option<Duration> {
    NOTED.get().map(|noted| noted.start)
}

/// When this series was created, if that is to be shown.
pub(crate) fn of(slot: u32) -> Option<Duration> {
    let noted = NOTED.get()?;
    let slots = noted.slots.lock().unwrap_or_else(PoisonError::into_inner);
    Some(slots.get(&slot).copied().unwrap_or(noted.start))
}
