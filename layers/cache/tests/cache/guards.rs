//! The way to measure a cache of one's own.

use crate::{
    counts::counts,
    own::{Gone, OwnCache},
};
use std::{
    convert::Infallible,
    future::{self, Future},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::atomic::Ordering,
    task::{Context, Poll, Waker},
};
use tallymark::{
    cache::{Cache, CacheError, EvictionCause, GetResult, Measured, Operation, WriteResult},
    registry,
};

fn cache(name: &str) -> Cache {
    Cache::builder(name).build().expect("the names are free")
}

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn answers_tell_the_result() {
    let cache = cache("answers");
    assert_eq!(cache.get(|| Some(1)), Some(1));
    assert_eq!(cache.get(|| Ok::<_, Infallible>(None::<u8>)), Ok(None));
    assert_eq!(cache.get(|| Err::<Option<u8>, _>(Gone)), Err(Gone));
    cache.set(|| ());
    assert_eq!(cache.set(|| Err::<(), _>(Gone)), Err(Gone));
    assert_eq!(cache.delete(|| Some("taken out")), Some("taken out"));
    assert!(!cache.delete(|| false));
    cache.other(|| ());
    let counts = counts("answers", "custom");
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
    let timer = cache.timer(Operation::Pipeline);
    cache.count_gets(GetResult::Hit, 3);
    cache.count_gets(GetResult::Miss, 2);
    cache.count_sets(WriteResult::Ok, 4);
    cache.count_deletes(WriteResult::Unchanged, 5);
    cache.evictions().count(EvictionCause::Expired);
    drop(timer);
    let counts = counts("many", "custom");
    assert_eq!(counts.gets(), [3, 2, 0, 0]);
    assert_eq!(counts.sets(), [4, 0, 0, 0]);
    assert_eq!(counts.deletes(), [0, 5, 0, 0]);
    assert_eq!(counts.evictions(), [0, 1]);
    assert_eq!(counts.timed("pipeline"), 1);
}

#[test]
fn entries_are_asked_for_as_long_as_the_cache_lives() {
    let own = Measured::new(Cache::builder("entries"), OwnCache::default()).expect("the names are free");
    assert_eq!(own.set("a", "1".to_owned()), Ok(()));
    let clone = own.clone();
    drop(own);
    assert_eq!(counts("entries", "own").entries(), Some(1.0));
    assert_eq!(clone.delete("a"), Ok(true));
    assert_eq!(clone.delete("a"), Ok(false));
    assert_eq!(counts("entries", "own").entries(), Some(0.0));
    clone.inner().gone.store(true, Ordering::Relaxed);
    assert_eq!(counts("entries", "own").entries(), None, "what is not known is not shown");
    clone.inner().gone.store(false, Ordering::Relaxed);
    assert_eq!(counts("entries", "own").entries(), Some(0.0));
    drop(clone);
    assert_eq!(counts("entries", "own").entries(), None);
    assert_eq!(counts("entries", "own").deletes(), [1, 1, 0, 0], "what was counted stays");
}

#[test]
fn durations_can_be_left_out() {
    let cache = Cache::builder("untimed").durations(false).build().expect("the names are free");
    cache.get(|| Some(()));
    assert!(cache.timer(Operation::Get).is_none());
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
    assert!(matches!(builder(&[0.5]).build(), Err(CacheError::Declare(_))));
    assert!(matches!(builder(&[2.0, 1.0]).build(), Err(CacheError::Buckets(_))));
}

#[test]
fn settings_that_make_no_sense_are_errors() {
    assert_eq!(Cache::builder("").build().map(drop), Err(CacheError::Empty));
    assert_eq!(Cache::builder("x").backend("").build().map(drop), Err(CacheError::Empty));
    let error = Cache::builder("x").namespace("not a name").build().map(drop);
    assert!(matches!(error, Err(CacheError::Declare(_))), "{error:?}");
}

#[test]
fn nothing_here_is_in_conflict_with_the_rules() {
    cache("checked").get(|| Some(()));
    let conflicts = registry::check().map_err(|conflicts| conflicts.to_string());
    assert_eq!(conflicts, Ok(()));
}
