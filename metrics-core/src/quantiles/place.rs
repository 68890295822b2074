//! Where a thread takes a window from, and puts it back.

use crate::cell::gate;
use std::{
    mem,
    sync::{Mutex, MutexGuard, TryLockError},
};

/// A window that one thread at a time takes out, so that nothing is done, and no allocator called, while it is locked.
#[derive(Debug)]
pub(super) struct Place<W>(Mutex<Held<W>>);

#[derive(Debug)]
enum Held<W> {
    /// No window was made yet.
    Nothing,
    /// A thread has it, or has ended with it: that of a parent process, after `fork`.
    Taken,
    Here(Box<W>),
}

/// What was taken.
pub(super) enum Took<W> {
    /// Somebody else has it.
    Busy,
    /// No window was made yet; the thread that took it makes one.
    Vacant,
    Window(Box<W>),
}

impl<W> Default for Place<W> {
    fn default() -> Self {
        Self(Mutex::new(Held::Nothing))
    }
}

impl<W> Place<W> {
    /// Takes the window, unless somebody has it. Of one that is not there, `make` says whether it is going to be made.
    pub(super) fn take(&self, make: bool) -> Took<W> {
        let _within = gate::enter();
        let Some(mut held) = self.try_lock() else { return Took::Busy };
        match mem::replace(&mut *held, Held::Taken) {
            Held::Taken => Took::Busy,
            Held::Nothing => {
                if !make {
                    *held = Held::Nothing;
                }
                Took::Vacant
            }
            Held::Here(window) => Took::Window(window),
        }
    }

    /// Puts the window back that was taken here.
    pub(super) fn put(&self, window: Box<W>) {
        *gate::lock(&self.0) = Held::Here(window);
    }

    /// To be called within the [gate].
    fn try_lock(&self) -> Option<MutexGuard<'_, Held<W>>> {
        match self.0.try_lock() {
            Ok(held) => Some(held),
            Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}
