//! When series last changed.

use crate::cell::{
    Slot,
    gate::{self, Locked},
};
use std::{
    collections::HashMap,
    mem,
    ops::{Deref, DerefMut},
    sync::Mutex,
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

type Seen = HashMap<u32, LastSeen>;

/// What each series held when it last changed, by slot.
pub(crate) struct Idle {
    /// Taken out while a scrape looks for idle series: it calls label sets and the allocator meanwhile, which are the
    /// application's and may scrape themselves.
    seen: Mutex<Option<Seen>>,
}

impl Default for Idle {
    fn default() -> Self {
        Self { seen: Mutex::new(Some(Seen::new())) }
    }
}

impl Idle {
    fn lock(&self) -> Locked<'_, Option<Seen>> {
        gate::lock(&self.seen)
    }

    /// Takes it out until what this returns is dropped, or returns `None` if it is out already.
    pub(crate) fn take(&self) -> Option<Taken<'_>> {
        let seen = self.lock().take()?;
        Some(Taken { idle: self, seen })
    }
}

/// What each series held, taken out. No lock is held.
pub(crate) struct Taken<'a> {
    idle: &'a Idle,
    seen: Seen,
}

impl Deref for Taken<'_> {
    type Target = Seen;

    fn deref(&self) -> &Seen {
        &self.seen
    }
}

impl DerefMut for Taken<'_> {
    fn deref_mut(&mut self) -> &mut Seen {
        &mut self.seen
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let seen = mem::take(&mut self.seen);
        *self.idle.lock() = Some(seen);
    }
}
