//! The client, and its commands that belong to neither protocol.

use crate::protocol::measure_write;
use async_memcached::{Client, Error};
use fxhash::FxHashMap;
use std::fmt;
use tallymark_cache::{BuildError, Cache, CacheBuilder};

/// An [`async_memcached::Client`] that is measured.
///
/// Its methods, those of [`AsciiProtocol`](async_memcached::AsciiProtocol) and
/// [`MetaProtocol`](async_memcached::MetaProtocol) included, return what the client returns. [The page of this
/// package](crate#what-counts-as-what) says what counts as what.
pub struct InstrumentedClient {
    pub(crate) inner: Client,
    pub(crate) cache: Cache,
}

impl InstrumentedClient {
    /// Wraps a client.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`CacheBuilder::build`].
    pub fn new(builder: CacheBuilder, client: Client) -> Result<Self, BuildError> {
        Ok(Self { inner: client, cache: builder.default_backend("memcached").build()? })
    }

    /// Calls the client's `is_closed`; counts nothing.
    pub fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    /// Calls the client's `version`; counts an `other` operation.
    ///
    /// # Errors
    ///
    /// Returns the errors of the client.
    pub async fn version(&mut self) -> Result<String, Error> {
        measure_write(self.cache.start_other(), self.inner.version()).await
    }

    /// Calls the client's `stats`; counts an `other` operation.
    ///
    /// # Errors
    ///
    /// Returns the errors of the client.
    pub async fn stats(&mut self) -> Result<FxHashMap<String, String>, Error> {
        measure_write(self.cache.start_other(), self.inner.stats()).await
    }

    /// Calls the client's `flush_all`; counts an `other` operation.
    ///
    /// # Errors
    ///
    /// Returns the errors of the client.
    pub async fn flush_all(&mut self) -> Result<(), Error> {
        measure_write(self.cache.start_other(), self.inner.flush_all()).await
    }

    /// Returns the client.
    pub fn inner(&self) -> &Client {
        &self.inner
    }

    /// Returns the client, for commands that are not to be counted.
    pub fn inner_mut(&mut self) -> &mut Client {
        &mut self.inner
    }

    /// Returns the client, which is then no longer measured.
    pub fn into_inner(self) -> Client {
        self.inner
    }

    /// Returns the [`Cache`] that counts.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}

impl fmt::Debug for InstrumentedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedClient").field("cache", &self.cache).finish_non_exhaustive()
    }
}
