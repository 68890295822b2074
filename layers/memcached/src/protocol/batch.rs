//! Commands about several keys.

use crate::protocol::response::write_result;
use async_memcached::{Error, Status};
use fxhash::FxHashMap;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
};
use tallymark_cache::{Cache, CacheOperation, GetResult, WriteKind, WriteResult};
use tallymark_core::{HistogramHandle, Timer};

/// Lookups of several keys in progress. Dropped before they ended, they count as cancelled.
pub(crate) struct GetBatch<'a> {
    cache: &'a Cache,
    /// Keys come from an iterator, and are counted when the client takes them.
    keys: AtomicU64,
    ended: bool,
    _timer: Option<Timer<HistogramHandle>>,
}

impl<'a> GetBatch<'a> {
    pub(crate) fn new(cache: &'a Cache) -> Self {
        Self { cache, keys: AtomicU64::new(0), ended: false, _timer: cache.timer(CacheOperation::Get) }
    }

    /// Counts one more key.
    pub(crate) fn add_key(&self) {
        self.keys.fetch_add(1, Ordering::Relaxed);
    }

    /// Ends with the values of those keys that exist.
    pub(crate) fn end<T>(mut self, response: &Result<Vec<T>, Error>) {
        self.ended = true;
        let keys = self.keys.load(Ordering::Relaxed);
        let hits = match response {
            Ok(values) => (values.len() as u64).min(keys),
            Err(Error::Protocol(Status::NotFound)) => 0,
            // A client that is closed does not take the keys: the command counts as one.
            Err(_) => return self.cache.count_gets(GetResult::Error, keys.max(1)),
        };
        self.cache.count_gets(GetResult::Hit, hits);
        self.cache.count_gets(GetResult::Miss, keys - hits);
    }
}

impl Drop for GetBatch<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let result = if thread::panicking() { GetResult::Error } else { GetResult::Cancelled };
            self.cache.count_gets(result, self.keys.load(Ordering::Relaxed));
        }
    }
}

/// Sets or deletes of several keys in progress. Dropped before they ended, they count as cancelled.
pub(crate) struct WriteBatch<'a> {
    cache: &'a Cache,
    kind: WriteKind,
    keys: u64,
    ended: bool,
    _timer: Option<Timer<HistogramHandle>>,
}

impl<'a> WriteBatch<'a> {
    pub(crate) fn new(cache: &'a Cache, kind: WriteKind, keys: usize) -> Self {
        Self { cache, kind, keys: keys as u64, ended: false, _timer: cache.timer(kind.operation()) }
    }

    /// Ends all of them with one response.
    pub(crate) fn end<T>(mut self, response: &Result<T, Error>) {
        self.ended = true;
        self.cache.count_writes(self.kind, write_result(response), self.keys);
    }

    /// Ends each key that was sent with a response of its own, and the rest as unchanged.
    pub(crate) fn end_each<K>(mut self, response: &Result<FxHashMap<K, Result<(), Error>>, Error>) {
        let Ok(responses) = response else { return self.end(response) };
        self.ended = true;
        let mut rest = self.keys;
        for response in responses.values() {
            self.cache.count_writes(self.kind, write_result(response), 1);
            rest = rest.saturating_sub(1);
        }
        self.cache.count_writes(self.kind, WriteResult::Unchanged, rest);
    }

    /// Ends `refused` of them as unchanged, and the others as carried out.
    pub(crate) fn end_with_refused(mut self, refused: usize) {
        self.ended = true;
        let refused = (refused as u64).min(self.keys);
        self.cache.count_writes(self.kind, WriteResult::Ok, self.keys - refused);
        self.cache.count_writes(self.kind, WriteResult::Unchanged, refused);
    }
}

impl Drop for WriteBatch<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let result = if thread::panicking() { WriteResult::Error } else { WriteResult::Cancelled };
            self.cache.count_writes(self.kind, result, self.keys);
        }
    }
}
