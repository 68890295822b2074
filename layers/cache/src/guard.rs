//! Operations under way. Each is counted once, when its guard is dropped.

use super::{
    Cache,
    answer::{Lookup, Written},
    labels::{GetResult, Operation, WriteResult},
    meters::Write,
};
use crate::{HistogramHandle, Timer};
use std::thread;

/// A lookup under way; from [`Cache::start_get`].
///
/// Dropped without a result, it counts as an error if the thread panics, and as cancelled otherwise.
#[derive(Debug)]
#[must_use = "dropped at once, it counts as cancelled"]
pub struct GetGuard<'a> {
    cache: &'a Cache,
    result: Option<GetResult>,
    timer: Option<Timer<HistogramHandle>>,
}

impl<'a> GetGuard<'a> {
    #[inline]
    pub(super) fn new(cache: &'a Cache) -> Self {
        Self { cache, result: None, timer: cache.timer(Operation::Get) }
    }

    /// There was a value.
    #[inline]
    pub fn hit(self) {
        self.end(GetResult::Hit);
    }

    /// There was none.
    #[inline]
    pub fn miss(self) {
        self.end(GetResult::Miss);
    }

    /// The cache failed.
    #[inline]
    pub fn error(self) {
        self.end(GetResult::Error);
    }

    /// Ends with this result.
    #[inline]
    pub fn end(mut self, result: GetResult) {
        self.result = Some(result);
    }

    /// Ends with the result that the answer says.
    #[inline]
    pub fn answer(self, answer: &(impl Lookup + ?Sized)) {
        self.end(answer.get_result());
    }

    /// There was none, and the value is being loaded: the lookup is a miss whatever becomes of it, and its time is that
    /// of a load.
    pub fn loading(&mut self) {
        self.result = Some(GetResult::Miss);
        if let (Some(timer), Some(load)) = (&mut self.timer, self.cache.duration(Operation::Load)) {
            timer.redirect(load);
        }
    }
}

impl Drop for GetGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        let unfinished = || if thread::panicking() { GetResult::Error } else { GetResult::Cancelled };
        self.cache.count_gets(self.result.unwrap_or_else(unfinished), 1);
    }
}

/// An operation under way that is not a lookup; from [`Cache::start_set`], [`Cache::start_delete`] and
/// [`Cache::start_other`].
///
/// Dropped without a result, it counts as an error if the thread panics, and as cancelled otherwise.
#[derive(Debug)]
#[must_use = "dropped at once, it counts as cancelled"]
pub struct WriteGuard<'a> {
    cache: &'a Cache,
    what: Write,
    result: Option<WriteResult>,
    _timer: Option<Timer<HistogramHandle>>,
}

impl<'a> WriteGuard<'a> {
    #[inline]
    pub(super) fn new(cache: &'a Cache, what: Write) -> Self {
        Self { cache, what, result: None, _timer: cache.timer(what.operation()) }
    }

    /// It was done.
    #[inline]
    pub fn ok(self) {
        self.end(WriteResult::Ok);
    }

    /// Nothing changed.
    #[inline]
    pub fn unchanged(self) {
        self.end(WriteResult::Unchanged);
    }

    /// The cache failed.
    #[inline]
    pub fn error(self) {
        self.end(WriteResult::Error);
    }

    /// Ends with this result.
    #[inline]
    pub fn end(mut self, result: WriteResult) {
        self.result = Some(result);
    }

    /// Ends with the result that the answer says.
    #[inline]
    pub fn answer(self, answer: &(impl Written + ?Sized)) {
        self.end(answer.write_result());
    }
}

impl Drop for WriteGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        let unfinished = || if thread::panicking() { WriteResult::Error } else { WriteResult::Cancelled };
        self.cache.count(self.what, self.result.unwrap_or_else(unfinished), 1);
    }
}
