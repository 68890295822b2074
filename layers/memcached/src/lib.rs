//! memcached, by [`async_memcached`]: a client that counts, as [`MeasuredClient`].
//!
//! # How do I measure what I ask memcached?
//!
//! Wrap the client. It implements the same traits, so its methods stay the same:
//!
//! ```no_run
//! use async_memcached::{AsciiProtocol, Client};
//! use tallymark::cache::{Cache, memcached::MeasuredClient};
//!
//! # async fn pages() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new("tcp://127.0.0.1:11211").await?;
//! let mut pages = MeasuredClient::new(Cache::builder("pages"), client)?;
//! pages.set("index", "<html>", Some(60), None).await?;
//! let page = pages.get("index").await?;
//! # let _ = page;
//! # Ok(())
//! # }
//! ```
//!
//! # What counts as what?
//!
//! | method | counts as |
//! |---|---|
//! | `get`, `meta_get` | a lookup |
//! | `get_multi`, `meta_get_multi` | a lookup of each key; that none is there is an error to the caller, and a miss of each |
//! | `set`, `add`, `meta_set` | a set; `unchanged` if the server answers `NOT_STORED`, `EXISTS` or `NOT_FOUND` |
//! | `set_multi`, `add_multi`, `meta_set_multi` | a set of each key |
//! | `delete`, `delete_no_reply`, `meta_delete` | a delete; `unchanged` if the server answers `NOT_FOUND` or `EXISTS` |
//! | `delete_multi_no_reply` | a delete of each key |
//! | `increment`, `decrement`, `flush_all`, `version`, `stats` and the like | an `other` operation |
//!
//! Those answers are errors to the caller, and not to the cache: it works. All other errors are errors, once for each
//! key. A future that is dropped before the answer came leaves its keys `cancelled`.
//!
//! # Limits
//!
//! - Connecting is not measured.
//! - Operations without a reply are `ok` once they are sent.
//! - To a `meta_get` that asks for nothing of the item, the client answers the same whether it is there or not: without
//!   flags it is an `other` operation. With only flags that return nothing (`T30`), it is a miss.
//! - Evictions and the number of items are known to the server alone, and are better read there (`stats`).
//! - `dump_keys` is not counted: use [`inner_mut`](MeasuredClient::inner_mut).

mod ascii;
mod client;
mod many;
mod meta;

pub use client::MeasuredClient;

use super::{GetResult, WriteGuard, WriteResult};
use ::async_memcached::{Error, Status};

/// What an answer says of a lookup.
fn get_result<T>(answer: &Result<Option<T>, Error>) -> GetResult {
    match answer {
        Ok(Some(_)) => GetResult::Hit,
        Ok(None) | Err(Error::Protocol(Status::NotFound)) => GetResult::Miss,
        Err(_) => GetResult::Error,
    }
}

/// Sends something that is no lookup, and ends its guard with the answer.
async fn written<T>(guard: WriteGuard<'_>, sent: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let answer = sent.await;
    guard.end(write_result(&answer));
    answer
}

/// What an answer says of anything else.
fn write_result<T>(answer: &Result<T, Error>) -> WriteResult {
    match answer {
        Ok(_) => WriteResult::Ok,
        Err(Error::Protocol(Status::NotStored | Status::Exists | Status::NotFound)) => WriteResult::Unchanged,
        Err(_) => WriteResult::Error,
    }
}
