//! Caches against real servers: `bash tests/servers/run.sh cache_servers`.
//!
//! `TALLYMARK_TEST_REDIS` is a `redis://` URL, `TALLYMARK_TEST_MEMCACHED` a host and a port.

#![cfg(all(feature = "memcached", feature = "redis"))]

mod faults;
mod memcached;
mod redis;

use std::{env, process};
use tallymark::registry;

/// What the script has set.
fn setting(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run tests/servers/run.sh"))
}

/// A key that no other test and no other run uses.
fn key(name: &str) -> String {
    format!("tallymark:{}:{name}", process::id())
}

/// Hits, misses, errors, cancelled; or done, unchanged, errors, cancelled.
fn counted(family: &str, cache: &str, backend: &str) -> [u64; 4] {
    let snapshot = registry::snapshot();
    let results = match family {
        "cache_gets_total" => ["hit", "miss", "error", "cancelled"],
        _ => ["ok", "unchanged", "error", "cancelled"],
    };
    results.map(|result| {
        let labels = [("cache", cache), ("backend", backend), ("result", result)];
        snapshot.counter(family, &labels).unwrap_or(0)
    })
}
