//! The connection.

use crate::{command::Command, round_trip::RoundTrip};
use redis::{Cmd, ConnectionLike, RedisResult, Value};
#[cfg(any(feature = "smol-comp", feature = "tokio-comp"))]
use redis::{Pipeline, RedisFuture, aio};
use std::{fmt, slice};
use tallymark_cache::{BuildError, Cache, CacheBuilder};

/// A connection to Redis that is measured.
///
/// It is a [`ConnectionLike`] or a [`redis::aio::ConnectionLike`], whichever `C` is, and returns what `C` returns. [The
/// page of this package](crate#what-counts-as-what) says what counts as what. Clones count in the same series.
pub struct InstrumentedConnection<C> {
    inner: C,
    cache: Cache,
    /// The commands so far of a transaction that is sent command by command.
    queued: Vec<Command>,
}

impl<C> InstrumentedConnection<C> {
    /// Wraps a connection.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`CacheBuilder::build`].
    pub fn new(builder: CacheBuilder, connection: C) -> Result<Self, BuildError> {
        let cache = builder.default_backend("redis").build()?;
        Ok(Self { inner: connection, cache, queued: Vec::new() })
    }

    /// Returns the connection.
    pub fn inner(&self) -> &C {
        &self.inner
    }

    /// Returns the connection, for commands that are not to be counted.
    pub fn inner_mut(&mut self) -> &mut C {
        &mut self.inner
    }

    /// Returns the connection, which is then no longer measured.
    pub fn into_inner(self) -> C {
        self.inner
    }

    /// Returns the [`Cache`] that counts.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}

/// A clone is not in the middle of the transaction that the original may be in.
impl<C: Clone> Clone for InstrumentedConnection<C> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), cache: self.cache.clone(), queued: Vec::new() }
    }
}

impl<C> fmt::Debug for InstrumentedConnection<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedConnection").field("cache", &self.cache).finish_non_exhaustive()
    }
}

impl<C: ConnectionLike> ConnectionLike for InstrumentedConnection<C> {
    fn req_packed_command(&mut self, cmd: &[u8]) -> RedisResult<Value> {
        let round_trip = RoundTrip::one(&self.cache, &mut self.queued, cmd);
        let reply = self.inner.req_packed_command(cmd);
        round_trip.end(0, reply.as_ref().ok().map(slice::from_ref));
        reply
    }

    fn req_packed_commands(&mut self, cmd: &[u8], offset: usize, count: usize) -> RedisResult<Vec<Value>> {
        let round_trip = RoundTrip::many(&self.cache, &mut self.queued, cmd);
        let replies = self.inner.req_packed_commands(cmd, offset, count);
        round_trip.end(offset, replies.as_deref().ok());
        replies
    }

    fn req_command(&mut self, cmd: &Cmd) -> RedisResult<Value> {
        let round_trip = RoundTrip::one(&self.cache, &mut self.queued, cmd);
        let reply = self.inner.req_command(cmd);
        round_trip.end(0, reply.as_ref().ok().map(slice::from_ref));
        reply
    }

    fn get_db(&self) -> i64 {
        self.inner.get_db()
    }

    fn supports_pipelining(&self) -> bool {
        self.inner.supports_pipelining()
    }

    fn check_connection(&mut self) -> bool {
        self.inner.check_connection()
    }

    fn is_open(&self) -> bool {
        self.inner.is_open()
    }
}

#[cfg(any(feature = "smol-comp", feature = "tokio-comp"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "smol-comp", feature = "tokio-comp"))))]
impl<C: aio::ConnectionLike> aio::ConnectionLike for InstrumentedConnection<C> {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        let Self { inner, cache, queued } = self;
        let reply = inner.req_packed_command(cmd);
        Box::pin(async move {
            let round_trip = RoundTrip::one(cache, queued, cmd);
            let reply = reply.await;
            round_trip.end(0, reply.as_ref().ok().map(slice::from_ref));
            reply
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let Self { inner, cache, queued } = self;
        let replies = inner.req_packed_commands(pipeline, offset, count);
        Box::pin(async move {
            let round_trip = RoundTrip::many(cache, queued, pipeline);
            let replies = replies.await;
            round_trip.end(offset, replies.as_deref().ok());
            replies
        })
    }

    fn get_db(&self) -> i64 {
        self.inner.get_db()
    }
}
