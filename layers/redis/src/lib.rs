//! [`redis`]: any connection, blocking or asynchronous, in a [`MeasuredConnection`].
//!
//! # How do I measure what I ask Redis?
//!
//! Wrap the connection. All commands, pipelines and transactions work on the wrapper as they do on the connection:
//!
//! ```no_run
//! use redis::AsyncCommands;
//! use tallymark::cache::{Cache, redis::MeasuredConnection};
//!
//! # async fn sessions() -> Result<(), Box<dyn std::error::Error>> {
//! let client = redis::Client::open("redis://127.0.0.1/")?;
//! let connection = client.get_multiplexed_async_connection().await?;
//! let mut sessions = MeasuredConnection::new(Cache::builder("sessions"), connection)?;
//!
//! let user: Option<String> = sessions.get("session:7").await?;
//! let (a, b): (Option<u32>, Option<u32>) =
//!     redis::pipe().atomic().get("a").get("b").query_async(&mut sessions).await?;
//! # let _ = (user, a, b);
//! # Ok(())
//! # }
//! ```
//!
//! # What counts as what?
//!
//! | commands | count as |
//! |---|---|
//! | `GET` `GETEX` `GETDEL` `HGET` | a lookup; nil is a miss |
//! | `MGET` `HMGET` | a lookup of each key or field |
//! | `HGETALL` | a lookup; an empty hash is a miss |
//! | `SET` `SETEX` `PSETEX` `GETSET` `SETNX` `HSETNX` | a set; `unchanged` if the condition did not hold |
//! | `MSET` `MSETNX` `HSET` `HMSET` | a set of each key or field |
//! | `DEL` `UNLINK` `HDEL` | a delete of each key or field, `unchanged` for those that were not there |
//! | all others | an `other` operation |
//!
//! A command that the server refuses, or that gets no answer because the connection fails, is an error, once for each
//! key. A future that is dropped before the answer came leaves its commands `cancelled`; the server may have carried
//! them out.
//!
//! Each command in a pipeline counts, by its own answer. The time of the round trip is under `operation="pipeline"`. A
//! transaction counts when the answer to `EXEC` comes, whether it is a pipeline or is sent command by command; one that
//! `EXEC` does not carry out because a watched key changed, or that is discarded, is `cancelled`. `MULTI`, `EXEC` and
//! `DISCARD` themselves do not count.
//!
//! Keys, values and names of commands are never labels.
//!
//! # Limits
//!
//! - Opening a connection is not measured, nor are the reconnections of a `ConnectionManager`; commands that fail in
//!   the meantime are errors. `check_connection` is not counted.
//! - Whether a value is a hit can be told for the commands above. `GETRANGE`, `EXISTS`, `JSON.GET`, scripts and so on are
//!   `other`.
//! - A command that was told not to wait for its answer is `other`.
//! - With client-side caching, a lookup that the client answers by itself counts as any other: the connection does not
//!   say.
//! - Evictions and the number of keys are known to the server alone, and are better read there (`INFO`).
//! - `ClusterPipeline`, subscriptions and `MONITOR` go to the connection itself: use
//!   [`inner_mut`](MeasuredConnection::inner_mut).
//! - The asynchronous wrapper allocates one box for each round trip, as each layer of this trait does.

mod command;
mod connection;
mod packed;
mod round;

pub use connection::MeasuredConnection;
