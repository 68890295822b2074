//! Tasks of real workers: each is one run, with the outcome that it had.

use std::{
    future::{Ready, pending},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::{Context, Poll},
    time::{SystemTime, UNIX_EPOCH},
};

use apalis::{
    layers::{WorkerBuilderExt, retry::RetryPolicy},
    prelude::*,
};
use apalis_core::task::context::TaskContext;
use tallymark::{
    registry,
    snapshot::{HistogramValue, Snapshot},
};
use tallymark_apalis::JobLayer;
use tokio::sync::Notify;
use tower_service::Service;

fn value(shown: &Snapshot, name: &str, job: &str) -> Option<f64> {
    shown.value(name, &[("job_name", job)])
}

/// What has ended: `ok`, `error`, `panic`, `cancelled`. The rest has to agree with it.
fn ended(job: &str) -> [u64; 4] {
    let shown = registry::snapshot();
    let runs = ["ok", "error", "panic", "cancelled"].map(|outcome| {
        let labels = [("job_name", job), ("outcome", outcome)];
        shown.counter("job_runs_total", &labels).expect("shown from the start")
    });
    let durations = shown.histogram("job_duration_seconds", &[("job_name", job)]).map(HistogramValue::count);
    assert_eq!(durations, Some(runs.iter().sum()), "each run has a duration");
    let success = value(&shown, "job_last_success_timestamp_seconds", job);
    assert_eq!(success.is_some(), runs[0] > 0, "there is a success if one was counted");
    runs
}

fn in_flight(job: &str) -> f64 {
    value(&registry::snapshot(), "job_runs_in_flight", job).expect("shown from the start")
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

async fn filled<T: Send + 'static>(tasks: impl IntoIterator<Item = T>) -> MemoryStorage<T> {
    let mut storage = MemoryStorage::new();
    for task in tasks {
        storage.push(task).await.expect("memory takes it");
    }
    storage
}

#[derive(Clone, Copy, Debug)]
enum What {
    Succeed,
    Fail,
    Panic,
    Stop,
}

async fn does(what: What, worker: WorkerContext) -> Result<(), BoxDynError> {
    match what {
        What::Succeed => Ok(()),
        What::Fail => Err("as asked".into()),
        What::Panic => panic!("as asked"),
        What::Stop => Ok(worker.stop()?),
    }
}

#[test]
fn a_layer_shows_its_job_at_zero() {
    let _ = JobLayer::new("never");
    assert_eq!(ended("never"), [0; 4]);
    assert_eq!(in_flight("never").to_bits(), 0.0_f64.to_bits());
    assert_eq!(value(&registry::snapshot(), "job_last_start_timestamp_seconds", "never"), None);
}

#[tokio::test]
async fn each_task_has_one_outcome() {
    let before = now();
    let worker = WorkerBuilder::new("worker-1")
        .backend(filled([What::Succeed, What::Fail, What::Panic, What::Fail, What::Stop]).await)
        .catch_panic()
        .layer(JobLayer::new("outcomes"))
        .build(does);
    worker.run().await.expect("it is stopped");

    assert_eq!(ended("outcomes"), [2, 2, 1, 0]);
    assert_eq!(in_flight("outcomes").to_bits(), 0.0_f64.to_bits());
    let shown = registry::snapshot();
    let start = value(&shown, "job_last_start_timestamp_seconds", "outcomes").expect("it was started");
    let success = value(&shown, "job_last_success_timestamp_seconds", "outcomes").expect("it has succeeded");
    assert!(before <= start && start <= success && success <= now());
    for worker in ["worker-1", "does"] {
        assert_eq!(shown.counter("job_runs_total", &[("job_name", worker), ("outcome", "ok")]), None);
    }
}

#[tokio::test]
async fn a_panic_that_a_layer_within_has_caught_is_an_error() {
    let worker = WorkerBuilder::new("worker-1")
        .backend(filled([What::Panic, What::Stop]).await)
        .layer(JobLayer::new("caught"))
        .catch_panic()
        .build(does);
    worker.run().await.expect("it is stopped");
    assert_eq!(ended("caught"), [1, 1, 0, 0]);
}

#[tokio::test]
async fn where_a_layer_is_decides_whether_attempts_are_runs() {
    async fn third_time_lucky(_: u8, attempt: Attempt, worker: WorkerContext) -> Result<(), BoxDynError> {
        if attempt.current() < 3 {
            return Err("not yet".into());
        }
        Ok(worker.stop()?)
    }
    let worker = WorkerBuilder::new("worker-1")
        .backend(filled([1]).await)
        .layer(JobLayer::new("task"))
        .retry(RetryPolicy::retries(5))
        .layer(JobLayer::new("attempt"))
        .build(third_time_lucky);
    worker.run().await.expect("it is stopped");
    assert_eq!(ended("task"), [1, 0, 0, 0]);
    assert_eq!(ended("attempt"), [1, 2, 0, 0]);
}

#[tokio::test]
async fn tasks_of_a_worker_that_is_aborted_were_cancelled() {
    async fn waits(last: bool, all: Data<Arc<Notify>>) -> Result<(), BoxDynError> {
        if last {
            all.notify_one();
        }
        pending().await
    }
    let all = Arc::new(Notify::new());
    let worker = WorkerBuilder::new("worker-1")
        .backend(filled([false, false, true]).await)
        .layer(JobLayer::new("aborted"))
        .data(Arc::clone(&all))
        .build(waits);
    let running = tokio::spawn(worker.run());
    all.notified().await;
    assert_eq!(in_flight("aborted").to_bits(), 3.0_f64.to_bits());
    assert_eq!(ended("aborted"), [0; 4]);

    running.abort();
    assert!(running.await.expect_err("it was aborted").is_cancelled());
    assert_eq!(in_flight("aborted").to_bits(), 0.0_f64.to_bits());
    assert_eq!(ended("aborted"), [0, 0, 0, 3]);
}

#[test]
fn what_is_given_up_because_another_task_panics_was_cancelled() {
    async fn panics(last: bool) -> Result<(), BoxDynError> {
        assert!(!last, "as asked");
        pending().await
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let worker = WorkerBuilder::new("worker-1")
                .backend(filled([false, false, true]).await)
                .layer(JobLayer::new("unwound"))
                .build(panics);
            worker.run().await
        })
    }));
    assert!(unwound.is_err(), "apalis lets a panic through");
    assert_eq!(ended("unwound"), [0, 0, 1, 2]);
    assert_eq!(in_flight("unwound").to_bits(), 0.0_f64.to_bits());
}

#[tokio::test]
async fn a_task_that_somebody_cancels_is_no_error() {
    async fn cancels(cancel: bool, task: TaskContext, worker: WorkerContext) -> Result<(), BoxDynError> {
        if cancel {
            task.cancel()?;
            // The worker looks when it polls the task again.
            tokio::task::yield_now().await;
        }
        worker.stop()?;
        Err(AbortError::new("for another reason").into())
    }
    let worker = WorkerBuilder::new("worker-1")
        .backend(filled([true, false]).await)
        .layer(JobLayer::new("cancelled"))
        .build(cancels);
    worker.run().await.expect("it is stopped");
    assert_eq!(ended("cancelled"), [0, 1, 0, 1]);
}

#[test]
fn a_service_that_panics_before_it_returns_a_future_has_panicked() {
    let mut service = JobLayer::new("early").layer(Early);
    let unwound = catch_unwind(AssertUnwindSafe(|| service.call(Task::new(1))));
    assert!(unwound.is_err());
    assert_eq!(ended("early"), [0, 0, 1, 0]);
}

/// Panics when it is called.
struct Early;

impl Service<Task<u8>> for Early {
    type Response = ();
    type Error = BoxDynError;
    type Future = Ready<Result<(), BoxDynError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Task<u8>) -> Self::Future {
        panic!("as asked")
    }
}
