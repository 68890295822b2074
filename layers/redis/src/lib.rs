//! # Which of my Redis lookups are hits, and how long do they take?
//!
//! For [`redis`] 1: any connection, blocking or asynchronous, in an [`InstrumentedConnection`]. All commands, pipelines
//! and transactions work on it as they do on the connection:
//!
//! ```toml
//! [dependencies]
//! redis = "1.8"
//! tallymark = "0.1"
//! tallymark-redis = "0.1"
//! ```
//!
//! ```rust,no_run
//! use redis::TypedCommands;
//! use tallymark_redis::{Cache, InstrumentedConnection};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let connection = redis::Client::open("redis://127.0.0.1/")?.get_connection()?;
//!     let mut sessions = InstrumentedConnection::new(Cache::builder("sessions"), connection)?;
//!
//!     sessions.set("session:7", "Ada")?;
//!     assert_eq!(sessions.get("session:7")?.as_deref(), Some("Ada"));
//!
//!     let labels = [("cache", "sessions"), ("backend", "redis"), ("result", "hit")];
//!     assert_eq!(tallymark::registry::snapshot().counter("cache_gets_total", &labels), Some(1));
//!     Ok(())
//! }
//! ```
//!
//! Asynchronous connections are wrapped in the same way:
//!
//! ```rust,no_run
//! use redis::AsyncCommands;
//! use tallymark_redis::{Cache, InstrumentedConnection};
//!
//! # async fn sessions() -> Result<(), Box<dyn std::error::Error>> {
//! let client = redis::Client::open("redis://127.0.0.1/")?;
//! let connection = client.get_multiplexed_async_connection().await?;
//! let mut sessions = InstrumentedConnection::new(Cache::builder("sessions"), connection)?;
//!
//! let user: Option<String> = sessions.get("session:7").await?;
//! let (a, b): (Option<u32>, Option<u32>) =
//!     redis::pipe().atomic().get("a").get("b").query_async(&mut sessions).await?;
//! # let _ = (user, a, b);
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! `tokio-comp`, on by default, and `smol-comp` switch on redis' features of these names, and with either of them
//! asynchronous connections can be wrapped. With `default-features = false`, only blocking ones can.
//!
//! # What is measured?
//!
//! The families of [`tallymark_cache`](tallymark_cache#what-is-measured): `cache_gets_total`, `cache_sets_total`,
//! `cache_deletes_total`, `cache_other_operations_total` and `cache_operation_duration_seconds` in seconds, all with the
//! labels `cache`, the name you give, and `backend`, which is `redis` unless you choose another. Keys, values and names
//! of commands are never labels.
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
//! | `DEL` `UNLINK` `HDEL` | a delete of each key or field, `unchanged` for those that did not exist |
//! | all others | an `other` operation |
//!
//! Each command in a pipeline counts, by its own reply. The time of the round trip is under `operation="pipeline"`. A
//! transaction counts when the reply to `EXEC` comes, whether it is a pipeline or is sent command by command; one that
//! `EXEC` does not carry out because a watched key changed, or that is discarded, is `cancelled`. `MULTI`, `EXEC` and
//! `DISCARD` themselves do not count.
//!
//! # Errors
//!
//! [`InstrumentedConnection::new`] returns a [`BuildError`] if a name breaks a rule or is taken by another declaration.
//! The errors of commands come back as they are: a command that the server refuses, or that gets no reply because the
//! connection fails, counts as an error, once for each key. A future that is dropped before the reply came leaves its
//! commands `cancelled`; the server may have carried them out.
//!
//! # Limits
//!
//! - Opening a connection is not measured, nor are the reconnections of a `ConnectionManager`; commands that fail in
//!   the meantime are errors. `check_connection` is not counted.
//! - Whether a reply is a hit is known for the commands above. `GETRANGE`, `EXISTS`, `JSON.GET`, scripts and so on are
//!   `other`.
//! - A command that was told not to wait for its reply is `other`.
//! - With client-side caching, a lookup that the client serves by itself counts as any other: the connection does not
//!   report it.
//! - Evictions and the number of keys are known to the server alone, and are better read there (`INFO`).
//! - `ClusterPipeline`, subscriptions and `MONITOR` go to the connection itself: use
//!   [`inner_mut`](InstrumentedConnection::inner_mut).
//! - The asynchronous wrapper allocates one box for each round trip, as each layer of this trait does.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod command;
mod connection;
mod packed;
mod round_trip;

pub use connection::InstrumentedConnection;
#[doc(no_inline)]
pub use tallymark_cache::{BuildError, Cache, CacheBuilder, Naming};
