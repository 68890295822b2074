//! A call in progress whose value is looked at.

use super::{CountsErrors, FunctionSite, site::Outcome};
use crate::{clock::Moment, label::LabelValue};

/// Counts the end of a call, exactly once: when it is finished, or else when it is dropped.
#[derive(Debug)]
#[must_use = "dropped at once, it counts a call that panicked"]
pub struct FunctionGuard {
    site: &'static FunctionSite,
    start: Moment,
}

impl FunctionGuard {
    #[inline]
    pub(super) fn new(site: &'static FunctionSite) -> Self {
        Self { site, start: Moment::now() }
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
