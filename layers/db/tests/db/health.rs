//! Whether a database answers.

use crate::reader::{counter, gauge};
use std::{
    future::{pending, ready},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tallymark_db::{Database, HealthChecker, HealthError};

#[tokio::test(start_paused = true)]
async fn answers_failures_and_silence_are_counted() {
    let name = "health";
    let db = [("db", name)];
    let database = Database::builder(name).build().expect("good settings");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let checker = HealthChecker::every(Duration::from_secs(30))
        .timeout(Duration::from_secs(2))
        .start(database, move || {
            let number = count.fetch_add(1, Ordering::Relaxed);
            async move {
                match number {
                    1 => ready(Err("no")).await,
                    2 => pending().await,
                    _ => ready(Ok(())).await,
                }
            }
        })
        .expect("there is a runtime");
    // Time stands still until everybody waits, and jumps then to the next one who does.
    let step = Duration::from_secs(1);
    let seen =
        || (counter("db_pool_health_checks_total", &db), counter("db_pool_health_failures_total", &db));
    tokio::time::sleep(step).await;
    assert_eq!((seen(), gauge("db_pool_healthy", &db)), ((1, 0), Some(1.0)));
    tokio::time::sleep(30 * step).await;
    assert_eq!((seen(), gauge("db_pool_healthy", &db)), ((2, 1), Some(0.0)));
    tokio::time::sleep(30 * step).await;
    assert_eq!(seen(), (2, 1), "it waits for an answer");
    tokio::time::sleep(2 * step).await;
    assert_eq!((seen(), gauge("db_pool_healthy", &db)), ((3, 2), Some(0.0)));
    tokio::time::sleep(30 * step).await;
    assert_eq!((seen(), gauge("db_pool_healthy", &db)), ((4, 2), Some(1.0)));
    drop(checker);
    tokio::time::sleep(300 * step).await;
    assert_eq!((seen(), asked.load(Ordering::Relaxed)), ((4, 2), 4), "it has ended");
}

#[test]
fn without_a_runtime_there_is_an_error() {
    let database = Database::builder("no_runtime").build().expect("good settings");
    let started = HealthChecker::every(Duration::ZERO).start(database, || ready(Ok::<(), ()>(())));
    assert_eq!(started.map(drop).map_err(|error| error.to_string()), Err(HealthError::NoRuntime.to_string()));
}
