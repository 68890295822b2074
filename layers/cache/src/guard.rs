//! Operations in progress. Each is counted once, when its guard is dropped.

use crate::{
    labels::{CacheOperation, GetResult, WriteKind, WriteResult},
    meters::Meters,
    result::{ToGetResult, ToWriteResult},
};
use std::thread;
use tallymark_core::{HistogramHandle, Timer};

/// A lookup in progress; returned by [`Cache::start_get`](crate::Cache::start_get).
///
/// Dropped without a result, it counts as an error if the thread is panicking, and as cancelled otherwise.
#[derive(Debug)]
#[must_use = "dropped at once, it counts as cancelled"]
pub struct GetGuard<'a> {
    meters: &'a Meters,
    result: Option<GetResult>,
    timer: Option<Timer<HistogramHandle>>,
}

impl<'a> GetGuard<'a> {
    #[inline]
    pub(crate) fn new(meters: &'a Meters) -> Self {
        Self { meters, result: None, timer: meters.timer(CacheOperation::Get) }
    }

    /// Ends the lookup as a hit.
    #[inline]
    pub fn hit(self) {
        self.end(GetResult::Hit);
    }

    /// Ends the lookup as a miss.
    #[inline]
    pub fn miss(self) {
        self.end(GetResult::Miss);
    }

    /// Ends the lookup as an error of the cache.
    #[inline]
    pub fn error(self) {
        self.end(GetResult::Error);
    }

    /// Ends the lookup with this result.
    #[inline]
    pub fn end(mut self, result: GetResult) {
        self.result = Some(result);
    }

    /// Ends the lookup with the result of the value that it returned.
    #[inline]
    pub fn end_with(self, returned: &(impl ToGetResult + ?Sized)) {
        self.end(returned.to_get_result());
    }

    /// Notes that nothing was found and that the value is being loaded: the lookup is a miss however the loader ends,
    /// and its time counts as that of a load.
    pub fn loading(&mut self) {
        self.result = Some(GetResult::Miss);
        if let (Some(timer), Some(load)) = (&mut self.timer, self.meters.duration(CacheOperation::Load)) {
            timer.redirect(load);
        }
    }
}

impl Drop for GetGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        let unfinished = || if thread::panicking() { GetResult::Error } else { GetResult::Cancelled };
        self.meters.count_gets(self.result.unwrap_or_else(unfinished), 1);
    }
}

/// A set, a delete or another write in progress; returned by [`Cache::start_set`](crate::Cache::start_set),
/// [`start_delete`](crate::Cache::start_delete) and [`start_other`](crate::Cache::start_other).
///
/// Dropped without a result, it counts as an error if the thread is panicking, and as cancelled otherwise.
#[derive(Debug)]
#[must_use = "dropped at once, it counts as cancelled"]
pub struct WriteGuard<'a> {
    meters: &'a Meters,
    kind: WriteKind,
    result: Option<WriteResult>,
    _timer: Option<Timer<HistogramHandle>>,
}

impl<'a> WriteGuard<'a> {
    #[inline]
    pub(crate) fn new(meters: &'a Meters, kind: WriteKind) -> Self {
        Self { meters, kind, result: None, _timer: meters.timer(kind.operation()) }
    }

    /// Ends the write as carried out.
    #[inline]
    pub fn ok(self) {
        self.end(WriteResult::Ok);
    }

    /// Ends the write as one that changed nothing.
    #[inline]
    pub fn unchanged(self) {
        self.end(WriteResult::Unchanged);
    }

    /// Ends the write as an error of the cache.
    #[inline]
    pub fn error(self) {
        self.end(WriteResult::Error);
    }

    /// Ends the write with this result.
    #[inline]
    pub fn end(mut self, result: WriteResult) {
        self.result = Some(result);
    }

    /// Ends the write with the result of the value that it returned.
    #[inline]
    pub fn end_with(self, returned: &(impl ToWriteResult + ?Sized)) {
        self.end(returned.to_write_result());
    }
}

impl Drop for WriteGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        let unfinished = || if thread::panicking() { WriteResult::Error } else { WriteResult::Cancelled };
        self.meters.count_writes(self.kind, self.result.unwrap_or_else(unfinished), 1);
    }
}
