//! The client, and what it does besides the protocols' operations.

use super::written;
use tallymark_cache::{Cache, CacheBuilder, CacheError};
use ::async_memcached::{Client, Error};
use fxhash::FxHashMap;
use std::fmt;

/// An [`async_memcached::Client`](Client), measured. See the [module](super) for what counts as what.
pub struct MeasuredClient {
    pub(super) inner: Client,
    pub(super) cache: Cache,
}

impl MeasuredClient {
    /// Measures what is sent by a client.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn new(builder: CacheBuilder, client: Client) -> Result<Self, CacheError> {
        Ok(Self { inner: client, cache: builder.or_backend("memcached").build()? })
    }

    /// As the client's; not counted.
    pub fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    /// As the client's; an `other` operation.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub async fn version(&mut self) -> Result<String, Error> {
        written(self.cache.start_other(), self.inner.version()).await
    }

    /// As the client's; an `other` operation.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub async fn stats(&mut self) -> Result<FxHashMap<String, String>, Error> {
        written(self.cache.start_other(), self.inner.stats()).await
    }

    /// As the client's; an `other` operation.
    ///
    /// # Errors
    ///
    /// Those of the client.
    pub async fn flush_all(&mut self) -> Result<(), Error> {
        written(self.cache.start_other(), self.inner.flush_all()).await
    }

    /// The client itself.
    pub fn inner(&self) -> &Client {
        &self.inner
    }

    /// The client itself, for what is not to be counted.
    pub fn inner_mut(&mut self) -> &mut Client {
        &mut self.inner
    }

    /// The client, measured no more.
    pub fn into_inner(self) -> Client {
        self.inner
    }

    /// What it is counted as.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}

impl fmt::Debug for MeasuredClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredClient").field("cache", &self.cache).finish_non_exhaustive()
    }
}
