//! When the database is asked, and what happens when it does not answer.

use crate::shown;
use std::{
    collections::VecDeque,
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};
use tallymark::registry::DeclareError;
use tallymark_db::{
    BuildError,
    migrations::{MigrationSource, MigrationStatus, Migrations, RefreshError, SourceError},
};
use tokio::sync::Notify;

/// What a source does when it is asked.
enum Turn {
    Answer(u64, u64),
    Fail,
    Hang,
    Panic,
}

/// A source with a script. When the script is over, it hangs.
#[derive(Clone, Default)]
struct Scripted {
    turns: Arc<Mutex<VecDeque<Turn>>>,
    asked: Arc<Notify>,
}

impl Scripted {
    fn new(turns: impl IntoIterator<Item = Turn>) -> Self {
        Self { turns: Arc::new(Mutex::new(turns.into_iter().collect())), asked: Arc::default() }
    }
}

impl MigrationSource for Scripted {
    async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
        let turn = self.turns.lock().expect("no test panics in here").pop_front();
        self.asked.notify_one();
        match turn.unwrap_or(Turn::Hang) {
            Turn::Answer(applied, pending) => Ok(MigrationStatus::new(applied, pending)),
            Turn::Fail => Err("postgres://user:hunter2@host/db: connection refused".into()),
            Turn::Hang => pending().await,
            Turn::Panic => panic!("as the script says"),
        }
    }
}

#[tokio::test]
async fn nothing_is_asked_before_somebody_wants_to_know() {
    let source = Scripted::new([Turn::Answer(2, 1)]);
    let migrations = Migrations::builder("refresh_lazy").build(source.clone()).expect("good settings");
    assert_eq!(shown("refresh_lazy"), (None, None, Some(0.0)));
    assert_eq!(source.turns.lock().expect("no test panics in here").len(), 1);

    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(2, 1));
    assert_eq!(shown("refresh_lazy"), (Some(2.0), Some(1.0), Some(0.0)));
}

#[tokio::test(start_paused = true)]
async fn a_database_that_is_down_leaves_the_last_value_and_counts() {
    let source = Scripted::new([Turn::Answer(3, 0), Turn::Fail, Turn::Panic, Turn::Hang, Turn::Answer(4, 0)]);
    let limit = Duration::from_secs(5);
    let migrations = Migrations::builder("refresh_down").timeout(limit).build(source).expect("good settings");
    migrations.refresh().await.expect("an answer");
    assert!(matches!(migrations.refresh().await, Err(RefreshError::Source(_))));
    assert_eq!(shown("refresh_down"), (Some(3.0), Some(0.0), Some(1.0)));
    assert!(matches!(migrations.refresh().await, Err(RefreshError::Panic)));
    assert_eq!(shown("refresh_down"), (Some(3.0), Some(0.0), Some(2.0)));
    assert!(matches!(migrations.refresh().await, Err(RefreshError::Timeout(after)) if after == limit));
    assert_eq!(shown("refresh_down"), (Some(3.0), Some(0.0), Some(3.0)));
    migrations.refresh().await.expect("an answer again");
    assert_eq!(shown("refresh_down"), (Some(4.0), Some(0.0), Some(3.0)));

    let exposition = tallymark::encode_to_string(tallymark::registry::Format::Text004);
    assert!(!exposition.contains("hunter2"));
}

#[tokio::test(start_paused = true)]
async fn the_task_asks_at_once_and_at_the_interval_until_it_is_dropped() {
    let source = Scripted::new([Turn::Answer(1, 2), Turn::Fail, Turn::Answer(3, 0), Turn::Answer(9, 9)]);
    let migrations = Migrations::builder("refresh_task")
        .interval(Duration::from_secs(30))
        .build(source.clone())
        .expect("good settings");
    let task = migrations.start().expect("there is a runtime");
    let began = tokio::time::Instant::now();
    source.asked.notified().await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(shown("refresh_task"), (Some(1.0), Some(2.0), Some(0.0)));
    source.asked.notified().await;
    assert_eq!(began.elapsed(), Duration::from_secs(30));
    assert_eq!(shown("refresh_task"), (Some(1.0), Some(2.0), Some(1.0)));
    source.asked.notified().await;
    assert_eq!(began.elapsed(), Duration::from_mins(1));
    assert_eq!(shown("refresh_task"), (Some(3.0), Some(0.0), Some(1.0)));

    drop(task);
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert_eq!(shown("refresh_task"), (Some(3.0), Some(0.0), Some(1.0)));
    assert_eq!(source.turns.lock().expect("no test panics in here").len(), 1);
}

#[test]
fn without_a_runtime_it_is_an_error() {
    let migrations =
        Migrations::builder("refresh_nowhere").build(Scripted::default()).expect("good settings");
    assert!(matches!(migrations.start(), Err(RefreshError::Runtime)));
    let refreshed = futures::executor::block_on(migrations.refresh());
    assert!(matches!(refreshed, Err(RefreshError::Runtime)));

    let timeless = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    assert!(matches!(timeless.block_on(migrations.refresh()), Err(RefreshError::Runtime)));
    assert_eq!(shown("refresh_nowhere"), (None, None, Some(2.0)));
}

#[test]
fn an_interval_is_longer_than_nothing() {
    let built = Migrations::builder("refresh_zero").interval(Duration::ZERO).build(Scripted::default());
    assert_eq!(built.map(drop), Err(BuildError::ZeroDuration));
}

#[test]
fn a_database_has_a_name_and_a_namespace_is_one() {
    let built = Migrations::builder("").build(Scripted::default());
    assert_eq!(built.map(drop), Err(BuildError::NoName));
    let built = Migrations::builder("refresh_named").namespace("").build(Scripted::default());
    let error = built.map(drop).expect_err("no namespace");
    assert!(matches!(error, BuildError::Declare(DeclareError::Namespace { .. })), "{error}");
}
