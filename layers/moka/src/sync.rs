//! Caches for threads: [`moka::sync`].

use crate::{
    cache::{BACKEND, counting, instrumented_cache},
    count::{count_computed, counting_lookup},
    entry::instrumented_entries,
};
use moka::{
    Entry, Equivalent, Policy, PredicateError,
    notification::RemovalCause,
    ops::compute::{CompResult, Op},
};
use std::{
    collections::hash_map::RandomState,
    fmt,
    hash::{BuildHasher, Hash},
    sync::Arc,
};
use tallymark_cache::{BuildError, Cache, CacheBuilder, WriteResult};

instrumented_cache! {
    moka: sync,
    fn: [fn],
    await: [],
    watch: watch,
    value: [FnOnce() -> V],
    option: [FnOnce() -> Option<V>],
    result: [FnOnce() -> Result<V, E>],
}

instrumented_entries! {
    moka: sync,
    fn: [fn],
    await: [],
    watch: watch,
    value: [FnOnce() -> V],
    option: [FnOnce() -> Option<V>],
    result: [FnOnce() -> Result<V, E>],
    send: [],
    generics: [],
    upsert: [V] [],
    compute: [Op<V>] [],
    try_compute: [Result<Op<V>, E>] [],
}
