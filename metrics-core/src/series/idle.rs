//! When series last changed.

use crate::cell::Slot;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// What a series held when it last changed.
pub(crate) struct LastSeen {
    /// Which series that was.
    pub(crate) slot: Slot,
    pub(crate) state: u64,
    /// When it was seen to have changed.
    pub(crate) since: Instant,
}

/// What each series held when it last changed, by slot.
#[derive(Default)]
pub(crate) struct Idle {
    seen: Mutex<HashMap<u32, LastSeen>>,
}

impl Idle {
    pub(crate) fn lock(&self) -> MutexGuard<'_, HashMap<u32, LastSeen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
