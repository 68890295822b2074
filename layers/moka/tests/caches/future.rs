//! moka for tasks.

use crate::counts::counts;
use futures::FutureExt;
use moka::{
    future::Cache as Moka,
    notification::{ListenerFuture, RemovalCause},
    ops::compute::Op,
};
use proptest::prelude::*;
use std::{
    future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::Duration,
};
use tallymark_moka::{Cache, future::InstrumentedCache};
use tokio::{sync::oneshot, task::yield_now};

fn cache(name: &str) -> InstrumentedCache<u8, u8> {
    InstrumentedCache::build(Cache::builder(name), Moka::builder().max_capacity(100))
        .expect("the names are free")
}

#[tokio::test]
async fn lookups_sets_and_deletes() {
    let cache = cache("future");
    assert_eq!(cache.get(&1).await, None);
    cache.insert(1, 10).await;
    assert_eq!(cache.get(&1).await, Some(10));
    assert_eq!(cache.remove(&1).await, Some(10));
    cache.invalidate(&1).await;
    cache.invalidate_all();
    let counts = counts("future", "moka");
    assert_eq!(counts.gets(), [1, 1, 0, 0]);
    assert_eq!(counts.sets(), [1, 0, 0, 0]);
    assert_eq!(counts.deletes(), [2, 0, 0, 0]);
    assert_eq!(counts.others(), [1, 0, 0, 0]);
}

#[tokio::test]
async fn a_loader_that_runs_is_a_miss_and_a_set() {
    let cache = cache("future_load");
    for _ in 0..2 {
        assert_eq!(cache.get_with(1, async { 10 }).await, 10);
        assert_eq!(cache.get_with_by_ref(&2, async { 20 }).await, 20);
        assert_eq!(cache.optionally_get_with(3, async { Some(30) }).await, Some(30));
        assert_eq!(cache.optionally_get_with_by_ref(&4, async { None }).await, None);
        assert_eq!(cache.try_get_with(5, async { Ok::<_, String>(50) }).await, Ok(50));
        assert_eq!(cache.try_get_with_by_ref(&6, async { Err("no") }).await, Err(Arc::new("no")));
    }
    let counts = counts("future_load", "moka");
    assert_eq!(counts.gets(), [4, 8, 0, 0]);
    assert_eq!(counts.sets(), [4, 0, 0, 0]);
    assert_eq!((counts.timed("get"), counts.timed("load")), (4, 8));
}

#[tokio::test]
async fn a_load_that_is_dropped_was_a_miss_and_one_that_waits_for_it_is_cancelled() {
    let cache = cache("future_cancel");
    let loader = cache.clone();
    let (started, begins) = oneshot::channel();
    let load = tokio::spawn(async move {
        let never = async {
            let _ = started.send(());
            future::pending().await
        };
        loader.get_with(1, never).await
    });
    begins.await.expect("the loader begins");
    let waiter = cache.clone();
    let mut wait = Box::pin(async move { waiter.get_with(1, async { 11 }).await });
    // It waits for the other one's loader.
    assert!(matches!(futures::poll!(wait.as_mut()), Poll::Pending));
    drop(wait);
    assert_eq!(counts("future_cancel", "moka").gets(), [0, 0, 0, 1]);
    load.abort();
    assert!(load.await.is_err());
    let counted = counts("future_cancel", "moka");
    assert_eq!(counted.gets(), [0, 1, 0, 1]);
    assert_eq!(counted.sets(), [0; 4]);
    // The key is free again.
    assert_eq!(cache.get_with(1, async { 12 }).await, 12);
}

#[tokio::test]
async fn entries_know_whether_they_are_fresh() {
    let cache = cache("future_entry");
    assert!(cache.entry(1).or_insert(10).await.is_fresh());
    assert!(!cache.entry_by_ref(&1).or_insert_with(async { 11 }).await.is_fresh());
    assert!(cache.entry(2).or_default().await.is_fresh());
    assert_eq!(cache.entry(2).or_insert_with_if(async { 22 }, |old| *old == 0).await.into_value(), 22);
    assert!(cache.entry(3).or_optionally_insert_with(async { None }).await.is_none());
    assert!(cache.entry(3).or_try_insert_with(async { Err::<u8, _>("no") }).await.is_err());
    cache.entry(1).and_upsert_with(|_| async { 12 }).await;
    cache.entry(1).and_compute_with(|_| async { Op::Remove }).await;
    let tried = cache.entry(1).and_try_compute_with(|_| async { Ok::<_, ()>(Op::Put(1)) }).await;
    assert!(tried.is_ok());
    let alone = cache.entry(1).and_try_compute_if_nobody_else(|_| async { Ok::<_, ()>(Op::Nop) }).await;
    assert!(alone.is_ok());
    let counts = counts("future_entry", "moka");
    assert_eq!(counts.gets(), [4, 6, 0, 0]);
    assert_eq!(counts.sets(), [5, 0, 0, 0]);
    assert_eq!(counts.deletes(), [1, 0, 0, 0]);
}

#[tokio::test]
async fn listeners_of_both_kinds_run_beside_the_counting() {
    let calls = Arc::new(AtomicUsize::new(0));
    let moka = || Moka::<u8, u8>::builder().time_to_live(Duration::ZERO);
    let seen = Arc::clone(&calls);
    let listener = move |_: Arc<u8>, _: u8, _: RemovalCause| _ = seen.fetch_add(1, Ordering::Relaxed);
    let plain = InstrumentedCache::build_with_listener(Cache::builder("future_old"), moka(), listener);
    let seen = Arc::clone(&calls);
    let listener = move |_: Arc<u8>, _: u8, _: RemovalCause| -> ListenerFuture {
        let seen = Arc::clone(&seen);
        async move {
            yield_now().await;
            seen.fetch_add(1, Ordering::Relaxed);
        }
        .boxed()
    };
    let asynchronous =
        InstrumentedCache::build_with_async_listener(Cache::builder("future_older"), moka(), listener);
    for cache in [plain, asynchronous] {
        let cache = cache.expect("the names are free");
        cache.insert(1, 10).await;
        assert_eq!(cache.get(&1).await, None);
        cache.run_pending_tasks().await;
    }
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    assert_eq!(counts("future_old", "moka").evictions(), [0, 1]);
    assert_eq!(counts("future_older", "moka").evictions(), [0, 1]);
}

#[tokio::test]
async fn nothing_outlives_the_cache() {
    let value = Arc::new(());
    let cache =
        InstrumentedCache::build(Cache::builder("future_entries"), Moka::builder()).expect("free names");
    cache.insert(1, Arc::clone(&value)).await;
    cache.run_pending_tasks().await;
    assert_eq!(counts("future_entries", "moka").entries(), Some(1.0));
    drop(cache);
    assert_eq!(counts("future_entries", "moka").entries(), None);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[derive(Clone, Debug)]
enum Step {
    Get(u8),
    GetWith(u8, u8),
    TryGetWith(u8, Result<u8, u8>),
    Entry(u8, Option<u8>),
    Insert(u8, u8),
    Remove(u8),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..6_u8;
    prop_oneof![
        key.clone().prop_map(Step::Get),
        (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::GetWith(key, value)),
        (key.clone(), any::<Result<u8, u8>>()).prop_map(|(key, value)| Step::TryGetWith(key, value)),
        (key.clone(), any::<Option<u8>>()).prop_map(|(key, value)| Step::Entry(key, value)),
        (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value)),
        key.prop_map(Step::Remove),
        Just(Step::Clear),
    ]
}

macro_rules! apply {
    ($cache:expr, $step:expr) => {
        match $step.clone() {
            Step::Get(key) => format!("{:?}", $cache.get(&key).await),
            Step::GetWith(key, value) => format!("{:?}", $cache.get_with(key, async { value }).await),
            Step::TryGetWith(key, value) => format!("{:?}", $cache.try_get_with(key, async { value }).await),
            Step::Entry(key, value) => {
                format!("{:?}", $cache.entry(key).or_optionally_insert_with(async { value }).await)
            }
            Step::Insert(key, value) => format!("{:?}", $cache.insert(key, value).await),
            Step::Remove(key) => format!("{:?}", $cache.remove(&key).await),
            Step::Clear => format!("{:?}", $cache.invalidate_all()),
        }
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn measured_and_plain_return_the_same(steps in proptest::collection::vec(step(), 0..60)) {
        futures::executor::block_on(async {
            let measured = cache("future_same");
            let plain: Moka<u8, u8> = Moka::builder().max_capacity(100).build();
            for step in steps {
                prop_assert_eq!(apply!(measured, step), apply!(plain, step), "{:?}", step);
            }
            measured.run_pending_tasks().await;
            plain.run_pending_tasks().await;
            prop_assert_eq!(measured.entry_count(), plain.entry_count());
            Ok(())
        })?;
    }
}
