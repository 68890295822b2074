//! The number of entries, which is asked for at every scrape.

use crate::{counts::counts, own::OwnCache};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tallymark_cache::{Cache, InstrumentedCache};
use tallymark_core::{
    registry::{self, Selection},
    snapshot::Value,
};

fn cache(name: &str, namespace: &str) -> Cache {
    Cache::builder(name).namespace(namespace).build().expect("the names are free")
}

/// The entries of a namespace's caches by name, sorted.
fn entries(namespace: &str) -> Vec<(String, f64)> {
    let snapshot = registry::snapshot();
    let family = snapshot.family(&format!("{namespace}_cache_entries"));
    let series = family.map_or(&[][..], |family| &family.series);
    let mut entries: Vec<_> = series
        .iter()
        .map(|series| {
            let name = series.labels.iter().find(|(name, _)| name == "cache").expect("each has this label");
            let Value::Number(entries) = &series.value else { panic!("{series:?}") };
            (name.1.clone(), entries.as_f64())
        })
        .collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries
}

#[test]
fn entries_are_asked_for_as_long_as_the_cache_lives() {
    let own =
        InstrumentedCache::new(Cache::builder("entries"), OwnCache::default()).expect("the names are free");
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
fn caches_of_a_namespace_share_one_collector() {
    let caches: Vec<_> = (0..40).map(|at| cache(&format!("cache_{at:02}"), "many")).collect();
    for (at, cache) in caches.iter().enumerate() {
        cache.watch_entries(move || Some(at as u64));
    }
    let collectors = registry::collectors();
    assert_eq!(collectors.iter().filter(|it| &*it.name == "many_cache_entries").count(), 1);
    assert_eq!(entries("many").len(), 40);
    let (even, odd): (Vec<_>, Vec<_>) = caches.into_iter().enumerate().partition(|(at, _)| at % 2 == 0);
    drop(even);
    let expected: Vec<_> = odd.iter().map(|(at, cache)| (cache.name().to_owned(), *at as f64)).collect();
    assert_eq!(entries("many"), expected);
    drop(odd);
    assert_eq!(entries("many"), []);
}

#[test]
fn a_cache_whose_entries_panic_costs_itself_alone() {
    let caches = ["first", "panics", "last"].map(|name| cache(name, "panicking"));
    caches[0].watch_entries(|| Some(1));
    caches[1].watch_entries(|| panic!("as asked for"));
    caches[2].watch_entries(|| Some(3));
    let errors = || {
        let labels = [("collector", "panicking_cache_entries")];
        registry::snapshot().counter("tallymark_collector_errors_total", &labels).unwrap_or(0)
    };
    assert_eq!(entries("panicking"), [("first".to_owned(), 1.0), ("last".to_owned(), 3.0)]);
    assert!(errors() > 0);
}

#[test]
fn a_second_number_replaces_the_first() {
    let cache = cache("replaced", "replacing");
    let held = Arc::new(AtomicU64::new(1));
    let first = Arc::clone(&held);
    cache.watch_entries(move || Some(first.load(Ordering::Relaxed)));
    assert_eq!(entries("replacing"), [("replaced".to_owned(), 1.0)]);
    cache.watch_slow_entries(|| Some(2));
    assert_eq!(entries("replacing"), [("replaced".to_owned(), 2.0)]);
    cache.watch_entries(|| Some(3));
    assert_eq!(entries("replacing"), [("replaced".to_owned(), 3.0)]);
    drop(cache);
    assert_eq!(entries("replacing"), []);
}

#[test]
fn of_two_caches_with_one_name_the_first_is_shown() {
    let [first, second] = [(); 2].map(|()| cache("twin", "twins"));
    first.watch_entries(|| Some(1));
    second.watch_entries(|| Some(2));
    assert_eq!(entries("twins"), [("twin".to_owned(), 1.0)]);
    drop(first);
    assert_eq!(entries("twins"), [("twin".to_owned(), 2.0)]);
}

#[test]
fn caches_are_not_asked_by_a_scrape_for_other_families() {
    let cache = cache("asked", "asking");
    let asked = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&asked);
    cache.watch_entries(move || Some(count.fetch_add(1, Ordering::Relaxed)));
    let described = |wanted: &str| {
        let mut described = Vec::new();
        registry::describe_collectors(&|_| true, &mut |head| described.push(head.name.to_owned()));
        described.iter().filter(|name| *name == wanted).count()
    };
    assert_eq!(described("asking_cache_entries"), 1);
    let before = asked.load(Ordering::Relaxed);
    let snapshot = registry::snapshot_of(&Selection::of(["asking_cache_sets_total"]));
    assert!(snapshot.family("asking_cache_sets_total").is_some());
    assert!(
        registry::snapshot_of(&Selection::of(["asking_cache_entries"]))
            .family("asking_cache_entries")
            .is_some()
    );
    assert!(asked.load(Ordering::Relaxed) > before);
}
