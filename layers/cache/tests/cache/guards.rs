//! The way to measure a cache of one's own.

use crate::{counts::counts, own::Gone};
use std::{
    convert::Infallible,
    error::Error,
    future::{self, Future},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::{Context, Poll, Waker},
};
use tallymark_cache::{BuildError, Cache, CacheOperation, EvictionCause, GetResult, WriteKind, WriteResult};
use tallymark_core::registry;

fn cache(name: &str) -> Cache {
    Cache::builder(name).build().expect("the names are free")
}

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn returned_values_are_converted_to_results() {
    let cache = cache("returned");
    assert_eq!(cache.get(|| Some(1)), Some(1));
    assert_eq!(cache.get(|| Ok::<_, Infallible>(None::<u8>)), Ok(None));
    assert_eq!(cache.get(|| Err::<Option<u8>, _>(Gone)), Err(Gone));
    cache.set(|| ());
    assert_eq!(cache.set(|| Err::<(), _>(Gone)), Err(Gone));
    assert_eq!(cache.delete(|| Some("taken out")), Some("taken out"));
    assert!(!cache.delete(|| false));
    cache.other(|| ());
    let counts = counts("returned", "custom");
    assert_eq!(counts.gets(), [1, 1, 1, 0]);
    assert_eq!(counts.sets(), [1, 0, 1, 0]);
    assert_eq!(counts.deletes(), [1, 1, 0, 0]);
    assert_eq!(counts.others(), [1, 0, 0, 0]);
    assert_eq!(["get", "set", "delete", "other", "load"].map(|it| counts.timed(it)), [3, 2, 2, 1, 0]);
}

#[test]
fn guards_count_once_however_they_end() {
    let cache = cache("guarded");
    cache.start_get().hit();
    cache.start_get().miss();
    cache.start_get().error();
    drop(cache.start_get());
    let mut loading = cache.start_get();
    loading.loading();
    drop(loading);
    let panicked = catch_unwind(AssertUnwindSafe(|| cache.get(|| -> Option<u8> { panic!("as asked for") })));
    assert!(panicked.is_err());
    cache.start_set().ok();
    cache.start_set().unchanged();
    drop(cache.start_delete());
    let panicked = catch_unwind(AssertUnwindSafe(|| cache.delete(|| -> bool { panic!("as asked for") })));
    assert!(panicked.is_err());
    let counts = counts("guarded", "custom");
    assert_eq!(counts.gets(), [1, 2, 2, 1]);
    assert_eq!(counts.sets(), [1, 1, 0, 0]);
    assert_eq!(counts.deletes(), [0, 0, 1, 1]);
    assert_eq!((counts.timed("get"), counts.timed("load")), (5, 1));
}

#[test]
fn futures_that_are_dropped_are_cancelled() {
    let cache = cache("dropped");
    assert!(poll_once(cache.get_async(future::pending::<Option<u8>>())).is_pending());
    assert!(poll_once(cache.set_async(future::pending::<()>())).is_pending());
    assert!(poll_once(cache.delete_async(future::pending::<bool>())).is_pending());
    assert!(poll_once(cache.other_async(future::pending::<()>())).is_pending());
    assert_eq!(poll_once(cache.get_async(future::ready(Some(3)))), Poll::Ready(Some(3)));
    // One that is never polled has not begun.
    drop(cache.get_async(future::ready(Some(3))));
    let counts = counts("dropped", "custom");
    assert_eq!(counts.gets(), [1, 0, 0, 1]);
    assert_eq!(counts.sets(), [0, 0, 0, 1]);
    assert_eq!(counts.deletes(), [0, 0, 0, 1]);
    assert_eq!(counts.others(), [0, 0, 0, 1]);
}

#[test]
fn many_keys_at_once() {
    let cache = cache("many");
    let timer = cache.timer(CacheOperation::Pipeline);
    cache.count_gets(GetResult::Hit, 3);
    cache.count_gets(GetResult::Miss, 2);
    cache.count_sets(WriteResult::Ok, 4);
    cache.count_deletes(WriteResult::Unchanged, 5);
    cache.count_writes(WriteKind::Other, WriteResult::Error, 6);
    cache.evictions().count(EvictionCause::Expired);
    drop(timer);
    let counts = counts("many", "custom");
    assert_eq!(counts.gets(), [3, 2, 0, 0]);
    assert_eq!(counts.sets(), [4, 0, 0, 0]);
    assert_eq!(counts.deletes(), [0, 5, 0, 0]);
    assert_eq!(counts.others(), [0, 0, 6, 0]);
    assert_eq!(counts.evictions(), [0, 1]);
    assert_eq!(counts.timed("pipeline"), 1);
}

#[test]
fn durations_can_be_left_out() {
    let cache = Cache::builder("untimed").durations(false).build().expect("the names are free");
    cache.get(|| Some(()));
    assert!(cache.timer(CacheOperation::Get).is_none());
    let counts = counts("untimed", "custom");
    assert_eq!((counts.gets(), counts.timed("get")), ([1, 0, 0, 0], 0));
}

#[test]
fn buckets_are_a_setting_of_all_caches_of_a_namespace() {
    let builder = |bounds: &[f64]| Cache::builder("coarse").namespace("bucketed").buckets(bounds);
    let cache = builder(&[0.5, 1.0]).build().expect("good bounds");
    cache.get(|| Some(()));
    let snapshot = registry::snapshot();
    let labels = [("cache", "coarse"), ("backend", "custom"), ("operation", "get")];
    let histogram = snapshot.histogram("bucketed_cache_operation_duration_seconds", &labels);
    assert_eq!(histogram.map(|it| it.bounds.clone()), Some(vec![0.5, 1.0]));
    assert!(matches!(builder(&[0.5]).build(), Err(BuildError::Declare(_))));
    assert!(matches!(builder(&[2.0, 1.0]).build(), Err(BuildError::Buckets(_))));
}

#[test]
fn settings_that_make_no_sense_are_errors() {
    assert_eq!(Cache::builder("").build().map(drop), Err(BuildError::EmptyName));
    assert_eq!(Cache::builder("x").backend("").build().map(drop), Err(BuildError::EmptyBackend));
    let error = Cache::builder("x").namespace("not a name").build().map(drop);
    let Err(error @ BuildError::Declare(_)) = error else { panic!("{error:?}") };
    let source = error.source().expect("what the registry says").to_string();
    assert!(source.contains("not a name"), "{source}");
    assert!(!error.to_string().contains(&source), "{error}");
}

#[test]
fn lookups_that_load_count_once_however_they_end() {
    let cache = cache("loading");
    let load = || cache.start_load();
    for value in [Some(1), None] {
        let mut found = load();
        let loaded = found.watch(|| value)();
        found.end(loaded.is_some());
    }
    load().found();
    load().not_found();
    load().failed();
    let mut failed = load();
    failed.begin();
    failed.failed();
    drop(load());
    let mut waiting = load();
    assert!(poll_once(waiting.watch_future(future::pending::<()>())).is_pending());
    drop(waiting);
    let counts = counts("loading", "custom");
    assert_eq!(counts.gets(), [1, 5, 1, 1]);
    assert_eq!(counts.sets(), [1, 0, 1, 0]);
    assert_eq!((counts.timed("get"), counts.timed("load")), (4, 4));
}

#[test]
fn nothing_here_is_in_conflict_with_the_rules() {
    cache("checked").get(|| Some(()));
    let conflicts = registry::check().map_err(|conflicts| conflicts.to_string());
    assert_eq!(conflicts, Ok(()));
}
