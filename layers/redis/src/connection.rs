//! The connection.

use super::{command::Command, round::Round};
use tallymark_cache::{Cache, CacheBuilder, CacheError};
use ::redis::{Cmd, ConnectionLike, Pipeline, RedisFuture, RedisResult, Value, aio};
use std::{fmt, slice};

/// A connection to Redis, measured. See the [module](super) for what counts as what.
///
/// It is a [`ConnectionLike`] or an [`aio::ConnectionLike`], whichever `C` is, and answers what `C` answers. Clones
/// count in the same series.
pub struct MeasuredConnection<C> {
    inner: C,
    cache: Cache,
    /// Commands of a transaction that is sent command by command.
    queued: Vec<Command>,
}

impl<C> MeasuredConnection<C> {
    /// Measures what is sent over a connection.
    ///
    /// # Errors
    ///
    /// As [`CacheBuilder::build`] does.
    pub fn new(builder: CacheBuilder, connection: C) -> Result<Self, CacheError> {
        let cache = builder.or_backend("redis").build()?;
        Ok(Self { inner: connection, cache, queued: Vec::new() })
    }

    /// The connection itself.
    pub fn inner(&self) -> &C {
        &self.inner
    }

    /// The connection itself, for what is not to be counted.
    pub fn inner_mut(&mut self) -> &mut C {
        &mut self.inner
    }

    /// The connection, measured no more.
    pub fn into_inner(self) -> C {
        self.inner
    }

    /// What it is counted as.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}

/// A clone is not in the middle of the transaction that the original may be in.
impl<C: Clone> Clone for MeasuredConnection<C> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), cache: self.cache.clone(), queued: Vec::new() }
    }
}

impl<C> fmt::Debug for MeasuredConnection<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredConnection").field("cache", &self.cache).finish_non_exhaustive()
    }
}

impl<C: ConnectionLike> ConnectionLike for MeasuredConnection<C> {
    fn req_packed_command(&mut self, cmd: &[u8]) -> RedisResult<Value> {
        let round = Round::one(&self.cache, &mut self.queued, cmd);
        let answer = self.inner.req_packed_command(cmd);
        round.end(0, answer.as_ref().ok().map(slice::from_ref));
        answer
    }

    fn req_packed_commands(&mut self, cmd: &[u8], offset: usize, count: usize) -> RedisResult<Vec<Value>> {
        let round = Round::many(&self.cache, &mut self.queued, cmd);
        let answers = self.inner.req_packed_commands(cmd, offset, count);
        round.end(offset, answers.as_deref().ok());
        answers
    }

    fn req_command(&mut self, cmd: &Cmd) -> RedisResult<Value> {
        let round = Round::one(&self.cache, &mut self.queued, cmd);
        let answer = self.inner.req_command(cmd);
        round.end(0, answer.as_ref().ok().map(slice::from_ref));
        answer
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

impl<C: aio::ConnectionLike> aio::ConnectionLike for MeasuredConnection<C> {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        let Self { inner, cache, queued } = self;
        let answer = inner.req_packed_command(cmd);
        Box::pin(async move {
            let round = Round::one(cache, queued, cmd);
            let answer = answer.await;
            round.end(0, answer.as_ref().ok().map(slice::from_ref));
            answer
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let Self { inner, cache, queued } = self;
        let answers = inner.req_packed_commands(pipeline, offset, count);
        Box::pin(async move {
            let round = Round::many(cache, queued, pipeline);
            let answers = answers.await;
            round.end(offset, answers.as_deref().ok());
            answers
        })
    }

    fn get_db(&self) -> i64 {
        self.inner.get_db()
    }
}
