//! Pools of deadpool, with managers whose connections are numbers.

mod manager;

use deadpool::managed::{Pool, PoolError, TimeoutType, Timeouts};
use manager::{Manager, Mood};
use std::{
    pin::pin,
    sync::Once,
    task::{Context, Poll, Waker},
    time::Duration,
};
use tallymark::{
    registry::Config,
    snapshot::{HistogramValue, Snapshot},
};
use tallymark_deadpool::{Database, InstrumentedManager, InstrumentedPool, watch};

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

fn pool(name: &'static str, max: usize, manager: &Manager) -> Instrumented {
    let database = database(name);
    let manager = InstrumentedManager::new(manager.clone(), database);
    InstrumentedPool::new(Pool::builder(manager).max_size(max).build().expect("good settings"), database)
}

/// Does not wait.
fn at_once() -> Timeouts {
    Timeouts { wait: Some(Duration::ZERO), ..Timeouts::default() }
}

#[tokio::test]
async fn connections_and_waits_are_shown_until_the_pool_is_gone() {
    let pool = pool("deadpool_shown", 3, &Manager::default());
    assert_eq!(shown("deadpool_shown").connections(), (Some(0.0), Some(0.0), Some(3.0)));
    let (one, two) = (pool.get().await.expect("the first"), pool.get().await.expect("the second"));
    assert_eq!((*one, *two), (0, 1));
    drop(one);
    let now = shown("deadpool_shown");
    assert_eq!(now.connections(), (Some(1.0), Some(1.0), Some(3.0)));
    assert_eq!(now.opened(), (Some(2.0), Some(0.0)));
    // Both were waits for a connection to be opened, and not for the pool.
    assert_eq!(now.observations("db_connect_duration_seconds"), 2);
    assert_eq!(now.observations("db_pool_wait_seconds"), 0);

    let again = pool.clone().get().await.expect("the first again");
    assert_eq!(*again, 0);
    let now = shown("deadpool_shown");
    assert_eq!(now.observations("db_pool_wait_seconds"), 1);
    assert_eq!(now.opened(), (Some(2.0), Some(0.0)));
    assert_eq!(now.all_errors(), 0);

    drop((two, again, pool));
    assert_eq!(shown("deadpool_shown").connections(), (None, None, None));
}

#[tokio::test]
async fn an_exhausted_pool_is_an_error_and_a_wait() {
    let pool = pool("deadpool_exhausted", 1, &Manager::default());
    let only = pool.get().await.expect("the only one");
    let refused = pool.timeout_get(&at_once()).await;
    assert!(matches!(refused, Err(PoolError::Timeout(TimeoutType::Wait))));
    let now = shown("deadpool_exhausted");
    assert_eq!((now.errors("pool_timeout"), now.all_errors()), (1, 1));
    assert_eq!(now.observations("db_pool_wait_seconds"), 1);
    assert_eq!(now.connections(), (Some(0.0), Some(1.0), Some(1.0)));
    drop(only);
    drop(pool.timeout_get(&at_once()).await.expect("it is free"));
}

#[tokio::test]
async fn a_wait_that_is_given_up_leaks_nothing() {
    let pool = pool("deadpool_cancelled", 1, &Manager::default());
    let only = pool.get().await.expect("the only one");
    {
        let mut waiting = pin!(pool.get());
        assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(shown("deadpool_cancelled").value("db_pool_waiting"), Some(1.0));
    }
    let now = shown("deadpool_cancelled");
    assert_eq!(now.value("db_pool_waiting"), Some(0.0));
    assert_eq!((now.errors("cancelled"), now.all_errors()), (1, 1));
    assert_eq!(now.observations("db_pool_wait_seconds"), 0);
    drop(only);
    assert_eq!(*pool.get().await.expect("it is free"), 0);
}

#[tokio::test]
async fn a_database_that_is_down_is_counted_once() {
    let manager = Manager::default();
    let pool = pool("deadpool_down", 1, &manager);
    manager.set(Mood::Refuses);
    assert!(matches!(pool.get().await, Err(PoolError::Backend(_))));
    let now = shown("deadpool_down");
    assert_eq!(now.opened(), (Some(0.0), Some(1.0)));
    assert_eq!((now.errors("connection"), now.all_errors()), (1, 1));

    // The pool inside is not observed; the manager counts for it.
    assert!(matches!((*pool).get().await, Err(PoolError::Backend(_))));
    let now = shown("deadpool_down");
    assert_eq!(now.opened(), (Some(0.0), Some(2.0)));
    assert_eq!((now.errors("connection"), now.all_errors()), (2, 2));

    manager.set(Mood::Connects);
    drop(pool.get().await.expect("it is up again"));
    assert_eq!(shown("deadpool_down").opened(), (Some(1.0), Some(2.0)));
    assert_eq!(manager.opened(), 1);
    assert!(!tallymark::encode_to_string(tallymark::registry::Format::Text004).contains("hunter2"));
}

#[tokio::test]
async fn connecting_that_is_given_up_counts_as_a_cancelled_wait() {
    let manager = Manager::default();
    let pool = pool("deadpool_hung", 1, &manager);
    manager.set(Mood::Hangs);
    {
        let mut connecting = pin!(pool.get());
        assert!(matches!(connecting.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
    }
    let now = shown("deadpool_hung");
    assert_eq!(now.opened(), (Some(0.0), Some(0.0)));
    assert_eq!((now.errors("cancelled"), now.all_errors()), (1, 1));
    assert_eq!(now.connections(), (Some(0.0), Some(0.0), Some(1.0)));
}

#[tokio::test]
async fn a_closed_pool_is_an_error() {
    let pool = pool("deadpool_closed", 1, &Manager::default());
    pool.close();
    assert!(matches!(pool.get().await, Err(PoolError::Closed)));
    let now = shown("deadpool_closed");
    assert_eq!((now.errors("pool_closed"), now.all_errors()), (1, 1));
}

#[tokio::test]
async fn a_pool_that_somebody_else_makes_is_watched() {
    let pool: Pool<Manager> = Pool::builder(Manager::default()).max_size(2).build().expect("good settings");
    let watch = watch(&pool, database("deadpool_watched"));
    let _one = pool.get().await.expect("the first");
    assert_eq!(shown("deadpool_watched").connections(), (Some(0.0), Some(1.0), Some(2.0)));
    drop(watch);
    assert_eq!(shown("deadpool_watched").connections(), (None, None, None));
}
