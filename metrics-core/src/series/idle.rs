//! When series last changed.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// What each series held when it last changed, and when that was seen, by slot.
#[derive(Default)]
pub(crate) struct Idle {
    seen: Mutex<HashMap<u32, (u64, Instant)>>,
}

impl Idle {
    pub(crate) fn lock(&self) -> MutexGuard<'_, HashMap<u32, (u64, Instant)>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
