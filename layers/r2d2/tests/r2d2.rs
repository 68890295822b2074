//! r2d2.

use crate::{
    database,
    manager::{Manager, Mood},
    shown,
};
use r2d2::Pool;
use std::{thread, time::Duration};
use tallymark::db::pools::{ObservedManager, ObservedPool};

type Observed = ObservedPool<Pool<ObservedManager<Manager>>>;

fn pool(name: &'static str, max: u32, manager: &Manager) -> Observed {
    let database = database(name);
    let pool = Pool::builder()
        .max_size(max)
        .min_idle(Some(0))
        .build_unchecked(ObservedManager::new(database, manager.clone()));
    ObservedPool::new(database, pool)
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
    pool.get_timeout(Duration::from_millis(1)).expect_err("there is none");
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
