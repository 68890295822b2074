//! Pools of r2d2, with managers whose connections are numbers.

mod manager;

use manager::{Manager, Mood};
use r2d2::Pool;
use std::{sync::Once, thread, time::Duration};
use tallymark::{
    registry::Config,
    snapshot::{HistogramValue, Snapshot},
};
use tallymark_r2d2::{Database, InstrumentedManager, InstrumentedPool};

fn database(name: &'static str) -> Database {
    Database::builder(name).build().expect("a good name")
}

/// What is shown of one database.
struct Shown {
    snapshot: Snapshot,
    db: &'static str,
}

fn shown(db: &'static str) -> Shown {
    // Pools are asked however long that takes on a busy machine.
    static CONFIGURED: Once = Once::new();
    let patient = || Config::new().collector_deadline(Duration::from_secs(3_600)).install();
    CONFIGURED.call_once(|| patient().expect("no scrape yet"));
    Shown { snapshot: tallymark::registry::snapshot(), db }
}

impl Shown {
    /// Idle, in use, at most.
    fn connections(&self) -> (Option<f64>, Option<f64>, Option<f64>) {
        let of = |state| self.snapshot.value("db_pool_connections", &[("db", self.db), ("state", state)]);
        (of("idle"), of("in_use"), self.value("db_pool_max_connections"))
    }

    fn value(&self, family: &str) -> Option<f64> {
        self.snapshot.value(family, &[("db", self.db)])
    }

    fn observations(&self, family: &str) -> u64 {
        self.snapshot.histogram(family, &[("db", self.db)]).map_or(0, HistogramValue::count)
    }

    /// Opened, failed.
    fn opened(&self) -> (Option<f64>, Option<f64>) {
        (self.value("db_connections_opened_total"), self.value("db_connection_errors_total"))
    }

    fn errors(&self, error: &str) -> u64 {
        let labels = [("db", self.db), ("vendor", "other"), ("error", error)];
        self.snapshot.counter("db_errors_total", &labels).unwrap_or_default()
    }

    /// All errors that a pool can have.
    fn all_errors(&self) -> u64 {
        let kinds = ["cancelled", "connection", "other", "pool_closed", "pool_timeout", "timeout"];
        kinds.iter().map(|kind| self.errors(kind)).sum()
    }
}

type Instrumented = InstrumentedPool<Pool<InstrumentedManager<Manager>>>;

fn pool(name: &'static str, max: u32, manager: &Manager) -> Instrumented {
    let database = database(name);
    let pool = Pool::builder()
        .max_size(max)
        .min_idle(Some(0))
        .build_unchecked(InstrumentedManager::new(manager.clone(), database));
    InstrumentedPool::new(pool, database)
}

#[test]
fn connections_and_waits_are_shown_until_the_pool_is_gone() {
    let pool = pool("r2d2_shown", 3, &Manager::default());
    let (one, two) = (pool.get().expect("the first"), pool.get().expect("the second"));
    drop(one);
    let now = shown("r2d2_shown");
    let (idle, in_use, max) = now.connections();
    assert_eq!((in_use, max), (Some(1.0), Some(3.0)));
    assert!(idle >= Some(1.0));
    assert!(now.opened().0 >= Some(2.0));
    assert_eq!(now.observations("db_pool_wait_seconds"), 2);
    assert_eq!(now.all_errors(), 0);
    drop((two, pool));
    assert_eq!(shown("r2d2_shown").connections(), (None, None, None));
}

#[test]
fn an_exhausted_pool_is_an_error_and_a_wait() {
    let pool = pool("r2d2_exhausted", 1, &Manager::default());
    let only = pool.get().expect("the only one");
    pool.get_timeout(Duration::from_millis(1)).expect_err("the only connection is taken");
    let now = shown("r2d2_exhausted");
    assert_eq!((now.errors("pool_timeout"), now.all_errors()), (1, 1));
    assert_eq!(now.observations("db_pool_wait_seconds"), 2);
    assert_eq!(now.connections(), (Some(0.0), Some(1.0), Some(1.0)));
    drop(only);
    pool.get().expect("it is free");
}

#[test]
fn a_database_that_is_down_counts_each_attempt() {
    let manager = Manager::default();
    manager.set(Mood::Refuses);
    let pool = pool("r2d2_down", 1, &manager);
    pool.get_timeout(Duration::from_millis(1)).expect_err("nobody answers");
    // The pool connects on a thread of its own, which may not have begun yet.
    while shown("r2d2_down").opened() == (Some(0.0), Some(0.0)) {
        thread::yield_now();
    }
    let now = shown("r2d2_down");
    assert_eq!(now.opened().0, Some(0.0));
    assert_eq!(now.errors("pool_timeout"), 1);
    manager.set(Mood::Connects);
    pool.get().expect("it is up again, and the pool goes on trying");
    assert_eq!(shown("r2d2_down").opened().0, Some(1.0));
}
