//! Counting what is in progress.

use super::UpDownHandle;

/// Counts one thing in progress for as long as it lives. Made by
/// [`UpDownCounter::in_flight`](crate::UpDownCounter::in_flight).
///
/// It may be dropped on another thread than the one it was made on.
#[derive(Debug)]
#[must_use = "dropped at once, it counts nothing; bind it to a name: `let _guard = …`"]
pub struct InFlightGuard {
    counter: UpDownHandle,
}

impl InFlightGuard {
    #[inline]
    pub(super) fn new(counter: UpDownHandle) -> Self {
        counter.inc();
        Self { counter }
    }
}

impl Drop for InFlightGuard {
    #[inline]
    fn drop(&mut self) {
        self.counter.dec();
    }
}
