//! # How often does my cache of files have what I ask for?
//!
//! For [`cacache`] 13, a directory of content-addressed values. cacache is a set of functions that take the directory; an
//! [`InstrumentedCache`] holds the directory and has those functions that read and write a whole value, under their names:
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-cacache = "0.1"
//! ```
//!
//! ```rust
//! use std::error::Error;
//! use tallymark_cacache::{Cache, InstrumentedCache};
//!
//! fn main() -> Result<(), Box<dyn Error>> {
//!     let directory = std::env::temp_dir().join(format!("pages-{}", std::process::id()));
//!     let pages = InstrumentedCache::new(Cache::builder("pages"), &directory)?;
//!     assert!(pages.read_sync("index").is_err());
//!     pages.write_sync("index", b"<html>")?;
//!     assert_eq!(pages.read_sync("index")?, b"<html>");
//!
//!     let snapshot = tallymark::registry::snapshot();
//!     let gets = |result| {
//!         let labels = [("cache", "pages"), ("backend", "filebased"), ("result", result)];
//!         snapshot.counter("cache_gets_total", &labels)
//!     };
//!     assert_eq!((gets("hit"), gets("miss")), (Some(1), Some(1)));
//!     std::fs::remove_dir_all(directory)?;
//!     Ok(())
//! }
//! ```
//!
//! # Features
//!
//! cacache compiles with exactly one runtime. `async-std`, on by default here and there, is one; beside cacache's
//! `tokio-runtime`, leave the defaults of both out:
//!
//! ```toml
//! cacache = { version = "13.1", default-features = false, features = ["mmap", "tokio-runtime"] }
//! tallymark-cacache = { version = "0.1", default-features = false }
//! ```
//!
//! # What is measured?
//!
//! The families of [`tallymark_cache`](tallymark_cache#what-is-measured): `cache_gets_total`, `cache_sets_total`,
//! `cache_deletes_total`, `cache_other_operations_total`, `cache_operation_duration_seconds` in seconds and, where
//! [`count_entries`](InstrumentedCache::count_entries) asks for it, `cache_entries`. Their labels are `cache`, the name you
//! give, and `backend`, which is `filebased` as that of django-prometheus unless you choose another.
//!
//! # What counts as what?
//!
//! `read…` and `metadata…` are lookups; an entry or a content that does not exist is a miss, though it is an error to the
//! caller. Content that does not match its hash is an error. `write…` is a set, `remove…` a delete, `clear…` an `other`
//! operation.
//!
//! # Errors
//!
//! [`InstrumentedCache::new`] returns a [`BuildError`] if a name breaks a rule or is taken by another declaration. cacache's
//! errors come back as they are.
//!
//! # Limits
//!
//! - `remove` does not report whether there was an entry, so it is always `ok`.
//! - Readers and writers that stream, links and listings have no wrapper: call cacache with [`InstrumentedCache::path`].
//! - Nothing is evicted. To count the entries, cacache reads all of its index, so
//!   [`count_entries`](InstrumentedCache::count_entries) has to ask for it.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod directory;

pub use directory::InstrumentedCache;
#[doc(no_inline)]
pub use tallymark_cache::{BuildError, Cache, CacheBuilder, Naming};
