//! # Which of my memcached lookups are hits, and how long do they take?
//!
//! For [`async-memcached`](async_memcached) 0.9: its client in an [`InstrumentedClient`], which implements the traits that
//! the client does, so that its methods stay the same:
//!
//! ```toml
//! [dependencies]
//! async-memcached = "0.9"
//! tallymark = "0.1"
//! tallymark-memcached = "0.1"
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! ```
//!
//! ```rust,no_run
//! use async_memcached::{AsciiProtocol, Client};
//! use tallymark_memcached::{Cache, InstrumentedClient};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = Client::new("tcp://127.0.0.1:11211").await?;
//!     let mut pages = InstrumentedClient::new(Cache::builder("pages"), client)?;
//!
//!     pages.set("index", "<html>", Some(60), None).await?;
//!     assert!(pages.get("index").await?.is_some());
//!
//!     let labels = [("cache", "pages"), ("backend", "memcached"), ("result", "hit")];
//!     assert_eq!(tallymark::registry::snapshot().counter("cache_gets_total", &labels), Some(1));
//!     Ok(())
//! }
//! ```
//!
//! # What is measured?
//!
//! The families of [`tallymark_cache`](tallymark_cache#what-is-measured): `cache_gets_total`, `cache_sets_total`,
//! `cache_deletes_total`, `cache_other_operations_total` and `cache_operation_duration_seconds` in seconds, all with the
//! labels `cache`, the name you give, and `backend`, which is `memcached` unless you choose another. Keys are never
//! labels.
//!
//! # What counts as what?
//!
//! | method | counts as |
//! |---|---|
//! | `get`, `meta_get` | a lookup |
//! | `get_multi`, `meta_get_multi` | a lookup of each key; if none exists, that is an error to the caller, and a miss of each |
//! | `set`, `add`, `meta_set` | a set; `unchanged` if the server responds `NOT_STORED`, `EXISTS` or `NOT_FOUND` |
//! | `set_multi`, `add_multi`, `meta_set_multi` | a set of each key |
//! | `delete`, `delete_no_reply`, `meta_delete` | a delete; `unchanged` if the server responds `NOT_FOUND` or `EXISTS` |
//! | `delete_multi_no_reply` | a delete of each key |
//! | `increment`, `decrement`, `flush_all`, `version`, `stats` and the like | an `other` operation |
//!
//! # Errors
//!
//! [`InstrumentedClient::new`] returns a [`BuildError`] if a name breaks a rule or is taken by another declaration. The
//! errors of commands come back as they are. `NOT_STORED`, `EXISTS` and `NOT_FOUND` are errors to the caller and not to
//! the cache, which works; all other errors count as errors, once for each key. A future that is dropped before the
//! response came leaves its keys `cancelled`.
//!
//! # Limits
//!
//! - Connecting is not measured.
//! - Commands without a reply are `ok` once they are sent.
//! - A `meta_get` that asks for nothing of the item returns the same whether it exists or not: without flags it is an
//!   `other` operation. With only flags that return nothing (`T30`), it is a miss.
//! - Evictions and the number of items are known to the server alone, and are better read there (`stats`).
//! - `dump_keys` is not counted: use [`inner_mut`](InstrumentedClient::inner_mut).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod protocol;

pub use client::InstrumentedClient;
#[doc(no_inline)]
pub use tallymark_cache::{BuildError, Cache, CacheBuilder, Naming};
