//! Operations on several keys.

use super::write_result;
use crate::{
    HistogramHandle, Timer,
    cache::{Cache, GetResult, Operation, WriteResult, meters::Write},
};
use ::async_memcached::{Error, Status};
use fxhash::FxHashMap;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

/// Lookups of several keys under way. Dropped before they ended, they are cancelled.
pub(super) struct ManyGets<'a> {
    cache: &'a Cache,
    /// Keys are counted when the client takes them.
    keys: AtomicU64,
    ended: bool,
    _timer: Option<Timer<HistogramHandle>>,
}

impl<'a> ManyGets<'a> {
    pub(super) fn new(cache: &'a Cache) -> Self {
        Self { cache, keys: AtomicU64::new(0), ended: false, _timer: cache.timer(Operation::Get) }
    }

    /// One more key.
    pub(super) fn ask(&self) {
        self.keys.fetch_add(1, Ordering::Relaxed);
    }

    /// Values for those keys that there are.
    pub(super) fn end<T>(mut self, answer: &Result<Vec<T>, Error>) {
        self.ended = true;
        let keys = self.keys.load(Ordering::Relaxed);
        let hits = match answer {
            Ok(values) => (values.len() as u64).min(keys),
            Err(Error::Protocol(Status::NotFound)) => 0,
            // A client that is closed does not even look at the keys.
            Err(_) => return self.cache.count_gets(GetResult::Error, keys.max(1)),
        };
        self.cache.count_gets(GetResult::Hit, hits);
        self.cache.count_gets(GetResult::Miss, keys - hits);
    }
}

impl Drop for ManyGets<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let result = if thread::panicking() { GetResult::Error } else { GetResult::Cancelled };
            self.cache.count_gets(result, self.keys.load(Ordering::Relaxed));
        }
    }
}

/// Sets or deletes of several keys under way. Dropped before they ended, they are cancelled.
pub(super) struct ManyWrites<'a> {
    cache: &'a Cache,
    what: Write,
    keys: u64,
    ended: bool,
    _timer: Option<Timer<HistogramHandle>>,
}

impl<'a> ManyWrites<'a> {
    pub(super) fn new(cache: &'a Cache, what: Write, keys: usize) -> Self {
        Self { cache, what, keys: keys as u64, ended: false, _timer: cache.timer(what.operation()) }
    }

    /// All ended in the same way.
    pub(super) fn end<T>(mut self, answer: &Result<T, Error>) {
        self.ended = true;
        self.cache.count(self.what, write_result(answer), self.keys);
    }

    /// Each key that was sent has an answer of its own; the rest is unchanged.
    pub(super) fn end_each<K>(mut self, answer: &Result<FxHashMap<K, Result<(), Error>>, Error>) {
        let Ok(answers) = answer else { return self.end(answer) };
        self.ended = true;
        let mut rest = self.keys;
        for answer in answers.values() {
            self.cache.count(self.what, write_result(answer), 1);
            rest = rest.saturating_sub(1);
        }
        self.cache.count(self.what, WriteResult::Unchanged, rest);
    }

    /// So many were refused, the others done.
    pub(super) fn end_but(mut self, refused: usize) {
        self.ended = true;
        let refused = (refused as u64).min(self.keys);
        self.cache.count(self.what, WriteResult::Ok, self.keys - refused);
        self.cache.count(self.what, WriteResult::Unchanged, refused);
    }
}

impl Drop for ManyWrites<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let result = if thread::panicking() { WriteResult::Error } else { WriteResult::Cancelled };
            self.cache.count(self.what, result, self.keys);
        }
    }
}
