//! Calls in progress whose end is not seen as a returned value: of functions that cannot fail, of futures, and of functions
//! that have yet to make their future.

use std::thread;

use super::{error::CountsErrors, observed::Watch, outcome::Outcome, site::FunctionSite};
use crate::{cell::OFF, clock::Moment, label::LabelValue};

impl FunctionSite {
    /// Begins a call of a function that cannot fail. It ends when the guard is dropped.
    #[inline]
    pub fn enter_scope(&'static self) -> ScopeGuard {
        self.count_in_flight();
        ScopeGuard::new(self)
    }

    /// Begins a future, which is polled for the first time. It ends when the guard is finished or dropped.
    #[inline]
    pub fn enter_future(&'static self) -> FutureGuard {
        FutureGuard::new(self, Dropped::Panicked)
    }

    /// Begins a future that never ends by returning, which holds the guard itself. It ends when the guard is dropped.
    #[inline]
    pub fn enter_endless(&'static self) -> FutureGuard {
        FutureGuard::new(self, Dropped::Unwatched)
    }

    /// Begins a function that returns a future. Only a panic is counted before that is polled.
    #[inline]
    pub fn enter_creation(&'static self) -> CreationGuard {
        CreationGuard::new(self)
    }
}

/// Whether this thread unwinds, where it matters.
#[inline]
fn is_panicking() -> bool {
    !OFF && thread::panicking()
}

/// Counts the end of a call of a function that cannot fail: `panic` if it ends by unwinding, `ok` otherwise.
#[derive(Debug)]
#[must_use = "dropped at once, it counts a call that took no time"]
pub struct ScopeGuard {
    site: &'static FunctionSite,
    start: Moment,
    /// A destructor that runs while the thread unwinds may call the function, too.
    unwinding: bool,
}

impl ScopeGuard {
    #[inline]
    fn new(site: &'static FunctionSite) -> Self {
        let unwinding = is_panicking();
        Self { site, start: Moment::now(), unwinding }
    }
}

impl Drop for ScopeGuard {
    #[inline]
    fn drop(&mut self) {
        let elapsed = self.start.elapsed();
        let panicked = is_panicking() && !self.unwinding;
        self.site.end(if panicked { Outcome::Panic } else { Outcome::Ok }, elapsed);
    }
}

/// Counts the end of a future: when it is finished, or else when it is dropped.
#[derive(Debug)]
#[must_use = "dropped at once, it counts a call that was cancelled"]
pub struct FutureGuard {
    site: &'static FunctionSite,
    start: Moment,
    dropped: Dropped,
}

/// What it means that a future was dropped before it was finished.
#[derive(Clone, Copy, Debug)]
enum Dropped {
    /// Its own code has panicked: it was not polled yet, or is ready, and something that makes its labels is called.
    Panicked,
    /// It was polled and waits.
    Cancelled,
    /// Nobody says when it was polled. That its thread unwinds is taken for a panic of its own.
    Unwatched,
}

impl FutureGuard {
    #[inline]
    fn new(site: &'static FunctionSite, dropped: Dropped) -> Self {
        site.count_in_flight();
        Self { site, start: Moment::now(), dropped }
    }

    /// Counts a call that returned.
    #[inline]
    pub fn finish(self, failed: bool) {
        self.end(if failed { Outcome::Error } else { Outcome::Ok });
    }

    #[inline]
    fn end(self, outcome: Outcome) {
        self.site.end(outcome, self.start.elapsed());
        std::mem::forget(self);
    }
}

impl Watch for FutureGuard {
    fn panicked(self) {
        self.end(Outcome::Panic);
    }

    #[inline]
    fn polled(&mut self, is_ready: bool) {
        self.dropped = if is_ready { Dropped::Panicked } else { Dropped::Cancelled };
    }
}

impl Drop for FutureGuard {
    #[cold]
    fn drop(&mut self) {
        let outcome = match self.dropped {
            Dropped::Panicked => Outcome::Panic,
            Dropped::Unwatched if is_panicking() => Outcome::Panic,
            Dropped::Cancelled | Dropped::Unwatched => Outcome::Cancelled,
        };
        self.site.end(outcome, self.start.elapsed());
    }
}

/// Counts a panic in what a function does before it returns its future, and nothing otherwise.
#[derive(Debug)]
#[must_use = "dropped at once, it sees no panic"]
pub struct CreationGuard {
    site: &'static FunctionSite,
    start: Moment,
    unwinding: bool,
}

impl CreationGuard {
    #[inline]
    fn new(site: &'static FunctionSite) -> Self {
        Self { site, start: Moment::now(), unwinding: is_panicking() }
    }
}

impl Drop for CreationGuard {
    #[inline]
    fn drop(&mut self) {
        if is_panicking() && !self.unwinding {
            self.site.enter_future().panicked_after(self.start);
        }
    }
}

impl FutureGuard {
    #[cold]
    fn panicked_after(mut self, start: Moment) {
        self.start = start;
        self.end(Outcome::Panic);
    }
}

/// Keeps a guard, such as a timer, for as long as a future runs.
#[derive(Debug)]
pub struct Held<G>(pub G);

impl<G> Watch for Held<G> {
    fn panicked(self) {}
}

impl CountsErrors for FutureGuard {
    fn count_error(&self, kind: &impl LabelValue) {
        self.site.error(kind);
    }
}
