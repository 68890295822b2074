//! A call in progress whose value is looked at.

use super::{error::CountsErrors, outcome::Outcome, site::FunctionSite};
use crate::{clock::Moment, label::LabelValue};

/// Counts the end of a call, exactly once: when it is finished, or else when it is dropped.
#[derive(Debug)]
#[must_use = "dropped at once, it counts a call that panicked"]
pub struct FunctionGuard {
    site: &'static FunctionSite,
    start: Moment,
}

impl FunctionSite {
    /// Begins a call. It ends when the guard is finished or dropped.
    #[inline]
    pub fn enter(&'static self) -> FunctionGuard {
        self.count_in_flight();
        FunctionGuard { site: self, start: Moment::now() }
    }
}

impl FunctionGuard {
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

/// A function that did not return has panicked.
impl Drop for FunctionGuard {
    #[cold]
    fn drop(&mut self) {
        self.site.end(Outcome::Panic, self.start.elapsed());
    }
}

impl CountsErrors for FunctionGuard {
    fn count_error(&self, kind: &impl LabelValue) {
        self.site.error(kind);
    }
}
