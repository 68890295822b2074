//! What django-prometheus tests of its caches, said of ours.
//!
//! Source of the cases: django-prometheus 2.5, `tests/end2end/testapp/test_caches.py`.

use crate::own::{Gone, OwnCache};
use std::sync::atomic::Ordering;
use tallymark_cache::{Cache, EvictionCause, InstrumentedCache, Naming};
use tallymark_core::registry::{self, Format};

fn django(name: &str, backend: &str) -> InstrumentedCache<OwnCache> {
    let builder = Cache::builder(name).backend(backend).naming(Naming::Django);
    InstrumentedCache::new(builder, OwnCache::default()).expect("the names are free")
}

/// Requests, hits, misses, failures.
fn counted(backend: &str) -> [Option<u64>; 4] {
    let snapshot = registry::snapshot();
    ["get", "get_hits", "get_misses", "get_fail"]
        .map(|name| snapshot.counter(&format!("django_cache_{name}_total"), &[("backend", backend)]))
}

#[test]
fn counters() {
    for backend in ["memcached", "filebased", "locmem", "native_redis", "redis"] {
        let cache = django("counters", backend);
        assert_eq!(counted(backend), [Some(0); 4], "there from the start");
        assert_eq!(cache.set("foo1", "bar".to_owned()), Ok(()));
        assert_eq!(cache.get("foo1"), Ok(Some("bar".to_owned())));
        assert_eq!(cache.get("foo1"), Ok(Some("bar".to_owned())));
        assert_eq!(cache.get("foofoo"), Ok(None));
        let found = cache.get("foofoo").ok().flatten().unwrap_or_else(|| "default".to_owned());
        assert_eq!(found, "default");
        assert_eq!(counted(backend), [Some(4), Some(2), Some(2), Some(0)], "{backend}");
    }
}

#[test]
fn a_cache_that_fails() {
    let cache = django("failing", "stopped");
    cache.inner().gone.store(true, Ordering::Relaxed);
    assert_eq!(cache.get("foo1"), Err(Gone));
    assert_eq!(counted("stopped"), [Some(1), Some(0), Some(0), Some(1)]);
    // Somebody who ignores the error ignores it after it was counted.
    assert_eq!(cache.get("foo1").unwrap_or_default(), None);
    assert_eq!(counted("stopped"), [Some(2), Some(0), Some(0), Some(2)]);
}

#[test]
fn versions() {
    let cache = django("versions", "versioned");
    let key = |version| format!("{version}:foo1");
    for version in [1, 2] {
        assert_eq!(cache.set(&key(version), format!("bar v.{version}")), Ok(()));
        assert_eq!(cache.get(&key(version)), Ok(Some(format!("bar v.{version}"))));
    }
    assert_eq!(cache.get(&key(3)), Ok(None));
    assert_eq!(counted("versioned"), [Some(3), Some(2), Some(1), Some(0)]);
}

/// There, a falsy value comes back as the default and counts as a hit. Here what is stored comes back.
#[test]
fn falsy_values_are_values() {
    let cache = django("falsy", "falsy");
    assert_eq!(cache.set("empty", String::new()), Ok(()));
    assert_eq!(cache.get("empty"), Ok(Some(String::new())));
    assert_eq!(counted("falsy"), [Some(1), Some(1), Some(0), Some(0)]);
}

#[test]
fn names_help_and_labels_are_those_of_django_prometheus() {
    let cache = django("exact", "exact");
    assert_eq!(cache.get("x"), Ok(None));
    let text = registry::encode_to_string(Format::Text004);
    for (name, help) in [
        ("django_cache_get_total", "Total get requests on cache"),
        ("django_cache_get_hits_total", "Total hits on cache"),
        ("django_cache_get_misses_total", "Total misses on cache"),
        ("django_cache_get_fail_total", "Total get request failures by cache"),
    ] {
        assert!(text.contains(&format!("# HELP {name} {help}\n# TYPE {name} counter\n")), "{text}");
        assert!(text.contains(&format!("\n{name}{{backend=\"exact\"}} ")), "{text}");
    }
    assert!(!text.contains("cache_gets_total{cache=\"exact\""), "lookups are counted there only\n{text}");
}

#[test]
fn a_namespace_goes_before_the_names_of_django_prometheus_and_before_the_others() {
    let builder = Cache::builder("shared").backend("shared").naming(Naming::Django).namespace("ported");
    let cache = InstrumentedCache::new(builder, OwnCache::default()).expect("the names are free");
    assert_eq!(cache.set("a", "1".to_owned()), Ok(()));
    assert_eq!(cache.get("a"), Ok(Some("1".to_owned())));
    assert_eq!(cache.delete("b"), Ok(false));
    cache.cache().evictions().count(EvictionCause::Size);
    cache.cache().other(|| ());
    let snapshot = registry::snapshot();
    let labels = [("cache", "shared"), ("backend", "shared")];
    let counter =
        |family: &str, name, value| snapshot.counter(family, &[labels[0], labels[1], (name, value)]);
    assert_eq!(counter("ported_cache_sets_total", "result", "ok"), Some(1));
    assert_eq!(counter("ported_cache_deletes_total", "result", "unchanged"), Some(1));
    assert_eq!(counter("ported_cache_other_operations_total", "result", "ok"), Some(1));
    assert_eq!(counter("ported_cache_evictions_total", "cause", "size"), Some(1));
    assert_eq!(snapshot.value("ported_cache_entries", &labels), Some(1.0));
    let timed = [labels[0], labels[1], ("operation", "get")];
    let durations = snapshot.histogram("ported_cache_operation_duration_seconds", &timed);
    assert_eq!(durations.map(|it| it.counts.iter().sum::<u64>()), Some(1));
    assert_eq!(snapshot.family("ported_cache_gets_total"), None);
    assert_eq!(snapshot.value("cache_entries", &labels), None);
    let lookups = ["get", "get_hits", "get_misses", "get_fail"];
    let lookups = lookups
        .map(|name| snapshot.counter(&format!("ported_django_cache_{name}_total"), &[("backend", "shared")]));
    assert_eq!(lookups, [Some(1), Some(1), Some(0), Some(0)]);
    assert_eq!(counted("shared"), [None; 4]);
}

#[test]
fn hyperdjango_is_a_namespace() {
    let builder = Cache::builder("views").namespace("hyperdjango");
    let cache = InstrumentedCache::new(builder, OwnCache::default()).expect("the names are free");
    assert_eq!(cache.get("x"), Ok(None));
    let snapshot = registry::snapshot();
    let labels = [("cache", "views"), ("backend", "own"), ("result", "miss")];
    assert_eq!(snapshot.counter("hyperdjango_cache_gets_total", &labels), Some(1));
    assert_eq!(snapshot.value("hyperdjango_cache_entries", &labels[..2]), Some(0.0));
}
