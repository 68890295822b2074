//! Pools of bb8, with managers whose connections are numbers.

mod manager;

use bb8::{Pool, RunError};
use manager::{Manager, Mood};
use std::{
    pin::pin,
    sync::Once,
    task::{Context, Waker},
    time::Duration,
};
use tallymark::{
    registry::Config,
    snapshot::{HistogramValue, Snapshot},
};
use tallymark_bb8::{Database, InstrumentedManager, InstrumentedPool};

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
        .retry_connection(false)
        .build_unchecked(InstrumentedManager::new(manager.clone(), database));
    InstrumentedPool::new(pool, database)
}

#[tokio::test]
async fn connections_and_waits_are_shown_until_the_pool_is_gone() {
    let manager = Manager::default();
    let pool = pool("bb8_shown", 3, &manager);
    let (one, two) = (pool.get().await.expect("the first"), pool.get_owned().await.expect("the second"));
    assert_ne!(*one, *two);
    drop(one);
    let now = shown("bb8_shown");
    assert_eq!(now.connections(), (Some(1.0), Some(1.0), Some(3.0)));
    assert_eq!(now.opened(), (Some(2.0), Some(0.0)));
    assert_eq!(now.observations("db_pool_wait_seconds"), 2);
    assert_eq!(now.all_errors(), 0);

    let gets = |outcome| {
        let labels = [("db", "bb8_shown"), ("outcome", outcome)];
        shown("bb8_shown").snapshot.counter("db_pool_gets_total", &labels)
    };
    // Nothing was idle: both waited for a connection to be made.
    assert_eq!((gets("direct"), gets("waited"), gets("timed_out")), (Some(0), Some(2), Some(0)));
    drop(pool.get().await.expect("the one that is idle"));
    assert_eq!((gets("direct"), gets("waited"), gets("timed_out")), (Some(1), Some(2), Some(0)));
    assert!(shown("bb8_shown").value("db_pool_get_wait_seconds_total").is_some());

    manager.break_all();
    drop(two);
    let closed = |reason| {
        let labels = [("db", "bb8_shown"), ("reason", reason)];
        shown("bb8_shown").snapshot.counter("db_pool_connections_closed_total", &labels)
    };
    assert_eq!((closed("broken"), closed("invalid")), (Some(1), Some(0)));
    drop(pool);
    assert_eq!(shown("bb8_shown").connections(), (None, None, None));
    assert_eq!(closed("broken"), None);
    assert_eq!(gets("direct"), None);
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_pool_is_an_error_and_a_wait() {
    let pool = pool("bb8_exhausted", 1, &Manager::default());
    let only = pool.get().await.expect("the only one");
    let began = tokio::time::Instant::now();
    assert!(matches!(pool.get().await, Err(RunError::TimedOut)));
    assert_eq!(began.elapsed(), Duration::from_secs(30));
    let now = shown("bb8_exhausted");
    assert_eq!((now.errors("pool_timeout"), now.all_errors()), (1, 1));
    assert_eq!(now.observations("db_pool_wait_seconds"), 2);
    let labels = [("db", "bb8_exhausted"), ("outcome", "timed_out")];
    assert_eq!(now.snapshot.counter("db_pool_gets_total", &labels), Some(1));
    drop(only);
    pool.get().await.expect("it is free");
}

#[tokio::test]
async fn a_wait_that_is_given_up_leaks_nothing() {
    let pool = pool("bb8_cancelled", 1, &Manager::default());
    let only = pool.get().await.expect("the only one");
    {
        let mut waiting = pin!(pool.get());
        assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    let now = shown("bb8_cancelled");
    assert_eq!((now.errors("cancelled"), now.all_errors()), (1, 1));
    assert_eq!(now.observations("db_pool_wait_seconds"), 1);
    drop(only);
    pool.get().await.expect("it is free");
}

#[tokio::test(start_paused = true)]
async fn a_database_that_is_down_counts_each_attempt() {
    let manager = Manager::default();
    manager.set(Mood::Refuses);
    let pool = pool("bb8_down", 1, &manager);
    assert!(matches!(pool.get().await, Err(RunError::TimedOut)));
    let now = shown("bb8_down");
    assert_eq!(now.opened().0, Some(0.0));
    let failed = now.snapshot.counter("db_connection_errors_total", &[("db", "bb8_down")]);
    assert!(failed >= Some(1), "{failed:?}");
    assert_eq!(now.errors("pool_timeout"), 1);
    assert_eq!(Some(now.errors("connection")), failed);
    manager.set(Mood::Connects);
    pool.get().await.expect("it is up again");
    assert_eq!(shown("bb8_down").opened().0, Some(1.0));
}
