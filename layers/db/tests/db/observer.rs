//! What adapters report, counted.

use crate::reader::{counter, durations, errors, gauge, observations, queries};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
    time::Duration,
};
use tallymark_db::{BuildError, Database, ErrorKind, Failure, PoolState, Sqlstate, Vendor};

fn database(name: &str) -> Database {
    Database::builder(name).vendor(Vendor::Sqlite).build().expect("good settings")
}

#[test]
fn every_statement_is_counted_once_however_it_ends() {
    let name = "ends";
    let database = database(name);
    let in_flight = || gauge("db_queries_in_flight", &[("db", name)]);

    let statement = database.statement("SELECT 1");
    assert_eq!(in_flight(), Some(1.0));
    assert_eq!(durations(name, "select"), 0);
    statement.finish(None);
    database.statement("SELECT 2").fail(ErrorKind::Statement);
    drop(database.statement("SELECT 3"));
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _statement = database.statement("SELECT 4");
        panic!("as asked");
    }));

    assert!(panicked.is_err());
    assert_eq!((queries(name, "select"), durations(name, "select")), (4, 4));
    assert_eq!((errors(name, "statement"), errors(name, "cancelled")), (1, 2));
    assert_eq!(in_flight(), Some(0.0));
}

#[test]
fn texts_of_several_statements_are_one_query() {
    let name = "several";
    let database = database(name);
    database.statement("INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)").finish(None);
    database.statement("INSERT INTO a VALUES (1); DELETE FROM b").finish(None);
    assert_eq!((queries(name, "insert"), queries(name, "other")), (1, 1));
}

#[test]
fn slow_statements_are_counted_and_told_without_values() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let database = Database::builder("slow")
        .slow_threshold(Duration::ZERO)
        .on_slow(move |slow| {
            log.lock().expect("nobody panics with it").push(slow.to_string());
            panic!("as asked");
        })
        .build()
        .expect("good settings");
    database.statement("SELECT * FROM users WHERE name = 'secret'").finish(None);
    Database::builder("quick")
        .slow_threshold(Duration::MAX)
        .build()
        .expect("good settings")
        .statement("SELECT 1")
        .finish(None);

    assert_eq!(counter("db_slow_queries_total", &[("db", "slow")]), 1);
    assert_eq!(counter("db_slow_queries_total", &[("db", "quick")]), 0);
    let told = told.lock().expect("nobody panics with it");
    let [line] = &told[..] else { panic!("one line: {told:?}") };
    let rest = line.strip_prefix("slow statement on database `slow`, ").expect(line);
    let seconds = rest.strip_suffix(" s: SELECT * FROM users WHERE name = ?");
    assert!(seconds.is_some_and(|seconds| seconds.parse::<f64>().is_ok()), "{line}");
}

#[test]
fn errors_are_labelled_by_class_where_that_is_wanted() {
    let database = Database::builder("classes")
        .vendor(Vendor::Sqlite)
        .sqlstate_classes(true)
        .build()
        .expect("good settings");
    let code = Sqlstate::new("40P01").expect("a code");
    database.statement("SELECT 1").fail(code);
    database.statement("SELECT 1").fail(Failure::from(ErrorKind::Connection));
    assert_eq!((errors("classes", "40"), errors("classes", "connection")), (1, 1));
    assert_eq!(Sqlstate::new("DROP TABLE"), None);
}

#[test]
fn pools_are_asked_at_every_scrape_and_waits_are_split() {
    let name = "pools";
    let database = database(name);
    let registration = database.register_pool(|| PoolState::new(3, 4).max(7).waiting(2));
    assert_eq!(gauge("db_pool_connections", &[("db", name), ("state", "idle")]), Some(3.0));
    assert_eq!(gauge("db_pool_connections", &[("db", name), ("state", "in_use")]), Some(0.0));
    assert_eq!(gauge("db_pool_max_connections", &[("db", name)]), Some(7.0));
    assert_eq!(gauge("db_pool_waiting", &[("db", name)]), Some(2.0));
    drop(registration);
    assert_eq!(gauge("db_pool_max_connections", &[("db", name)]), None);

    let mut wait = database.wait();
    wait.watch(|| database.connection_opened());
    assert!(wait.finish());
    let mut wait = database.wait();
    wait.watch(|| ());
    assert!(!wait.finish());
    database.wait().pool_failed(ErrorKind::PoolTimeout);
    database.wait().connection_failed(ErrorKind::Connection);
    drop(database.wait());

    assert_eq!(observations("db_connect_duration_seconds", &[("db", name)]), 1);
    assert_eq!(observations("db_pool_wait_seconds", &[("db", name)]), 2);
    assert_eq!(counter("db_connections_opened_total", &[("db", name)]), 1);
    assert_eq!(counter("db_connection_errors_total", &[("db", name)]), 1);
    let kinds = ["pool_timeout", "connection", "cancelled"].map(|kind| errors(name, kind));
    assert_eq!(kinds, [1, 1, 1]);
}

#[test]
fn statement_caches_are_shown_where_a_driver_tells_of_them() {
    let database = database("prepared");
    assert_eq!(gauge("db_statement_cache_entries", &[("db", "prepared")]), None);
    let cache = database.statement_cache();
    cache.miss();
    assert_eq!(gauge("db_statement_cache_hits_total", &[("db", "prepared")]), None, "nobody told of hits");
    cache.hit();
    cache.entries(1);
    cache.unknown();
    cache.evicted();
    for name in ["hits", "misses", "unknown", "evictions"] {
        assert_eq!(counter(&format!("db_statement_cache_{name}_total"), &[("db", "prepared")]), 1, "{name}");
    }
    assert_eq!(gauge("db_statement_cache_entries", &[("db", "prepared")]), Some(1.0));
    for entries in [0, 7, 3] {
        cache.connection_entries(entries);
        let shown = gauge("db_statement_cache_connection_entries", &[("db", "prepared")]);
        assert_eq!(shown, Some(entries as f64));
    }
}

#[test]
fn lookups_are_shown_as_zero_where_a_driver_reports_all() {
    let name = "prepared_shown";
    database(name).statement_cache().show_lookups();
    for family in ["hits", "misses", "unknown", "evictions"] {
        let shown = gauge(&format!("db_statement_cache_{family}_total"), &[("db", name)]);
        assert_eq!(shown, (family != "evictions").then_some(0.0), "{family}");
    }
}

#[test]
fn a_name_again_counts_in_the_same_series() {
    database("twice").statement("SELECT 1").finish(None);
    database("twice").statement("SELECT 1").finish(None);
    assert_eq!(queries("twice", "select"), 2);
}

#[test]
fn what_cannot_be_observed_is_an_error() {
    assert_eq!(Database::builder("").build().map(drop), Err(BuildError::NoName));
    let build = Database::builder("namespace").namespace("no name").build().map(drop);
    assert!(matches!(build, Err(BuildError::Declare(_))), "{build:?}");
    let build = Database::builder("buckets").namespace("b").buckets([2.0, 1.0]).build().map(drop);
    assert!(matches!(build, Err(BuildError::Buckets(_))), "{build:?}");
    database("before");
    let build = Database::builder("other").buckets([1.0]).build().map(drop);
    assert!(matches!(build, Err(BuildError::Declare(_))), "other buckets in one family: {build:?}");
    Database::builder("own").namespace("own").buckets([1.0]).build().expect("a family of its own");
}
