//! One call in progress.

use super::{FunctionSite, Watch, site::Outcome};
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

    /// The function returned.
    #[inline]
    pub fn finish(self, failed: bool) {
        self.end(if failed { Outcome::Error } else { Outcome::Ok });
    }

    /// The function is about to return an error of this kind. Counted beside the outcome, in
    /// `function_errors_total`.
    pub fn error(&self, kind: &impl LabelValue) {
        self.site.error(kind);
    }

    #[inline]
    fn end(self, outcome: Outcome) {
        self.site.end(outcome, self.start.elapsed());
        std::mem::forget(self);
    }
}

impl Watch for FunctionGuard {
    fn panicked(self) {
        self.end(Outcome::Panic);
    }
}

/// What was not finished: a function that did not return panicked, unless it is one that can be cancelled.
impl Drop for FunctionGuard {
    #[cold]
    fn drop(&mut self) {
        let outcome = if self.site.meta().is_async { Outcome::Cancelled } else { Outcome::Panic };
        self.site.end(outcome, self.start.elapsed());
    }
}
