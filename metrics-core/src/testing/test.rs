//! A test, and what was counted before it.

use crate::{
    cell::{self, Scope},
    registry::Registry,
    snapshot::Snapshot,
};
use std::{
    fmt,
    marker::PhantomData,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A test and the values at its start. See [`start`] and [`process`].
///
/// It stays on its thread: elsewhere, what that thread counted could not be told.
#[must_use = "the assertions compare with the values it holds"]
pub struct Test {
    before: Snapshot,
    pub(super) scope: Scope,
    /// Keeps other tests of the whole process out.
    _alone: Option<MutexGuard<'static, ()>>,
    _on_its_thread: PhantomData<*const ()>,
}

/// Begins to watch what this thread counts.
#[inline]
pub fn start() -> Test {
    // The block comes with whatever earlier threads left in it. A thread that got it later would seem to have counted that.
    cell::own();
    Test {
        before: Registry::global().snapshot(Scope::Thread),
        scope: Scope::Thread,
        _alone: None,
        _on_its_thread: PhantomData,
    }
}

/// Begins to watch what all threads count, once no other test does so.
///
/// It keeps out other tests that begin with this function, as long as the result lives. Tests which do not, and count
/// in the same metrics, are not kept out.
#[inline]
pub fn process() -> Test {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    Test {
        before: Registry::global().snapshot(Scope::Process),
        scope: Scope::Process,
        _alone: Some(alone),
        _on_its_thread: PhantomData,
    }
}

impl Test {
    /// The values at the start.
    #[inline]
    pub fn before(&self) -> &Snapshot {
        &self.before
    }

    /// The values now.
    #[inline]
    pub fn now(&self) -> Snapshot {
        Registry::global().snapshot(self.scope)
    }

    /// Starts afresh, from the values of this moment.
    #[inline]
    pub fn restart(&mut self) {
        self.before = self.now();
    }
}

impl fmt::Debug for Test {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Test").field("scope", &self.scope).finish_non_exhaustive()
    }
}
