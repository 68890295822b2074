//! The layer around the tasks of a worker.

use std::{
    any::Any,
    error::Error as _,
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use apalis_core::{
    error::{AbortError, BoxDynError},
    task::Task,
    worker::lifecycle::TaskLifecycleError,
};
use pin_project_lite::pin_project;
use tallymark_core::__private_v4::{Job, JobRun};
use tower_layer::Layer;
use tower_service::Service;

use crate::running::Running;

/// Measures the tasks of a worker as runs of one job.
///
/// Where it is among the other layers decides what a run is. Before a layer that tries again, a run is a task with all its
/// attempts; after that, each attempt.
///
/// ```
/// use apalis::{layers::{WorkerBuilderExt, retry::RetryPolicy}, prelude::*};
/// use tallymark_apalis::JobLayer;
///
/// async fn charge(order: u64) -> Result<(), BoxDynError> {
///     Ok(())
/// }
///
/// let worker = WorkerBuilder::new("charger-1")
///     .backend(MemoryStorage::<u64>::new())
///     .layer(JobLayer::new("charge"))
///     .retry(RetryPolicy::retries(2))
///     .layer(JobLayer::new("charge_attempt"))
///     .build(charge);
/// # let _ = worker;
/// let snapshot = tallymark::registry::snapshot();
/// assert_eq!(snapshot.value("job_runs_in_flight", &[("job_name", "charge_attempt")]), Some(0.0));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct JobLayer {
    job: Job,
}

impl JobLayer {
    /// Returns a layer whose tasks are runs of the job of this name, the label `job_name`. The job is shown from here on, at zero.
    ///
    /// The name is that of what is done, a text of the program. Those of workers and tasks are not in any label. Layers of one
    /// name, and functions under `#[job]` of that name, are one job.
    pub fn new(name: &'static str) -> Self {
        let job = Job::new(name);
        job.show();
        Self { job }
    }

    /// Sets how long after its last success the job is overdue, by which the alert `JobNotRun` knows it: the gauge
    /// `job_overdue_after_seconds`. For tasks that come by a schedule.
    ///
    /// ```
    /// use std::time::Duration;
    /// use tallymark_apalis::JobLayer;
    ///
    /// const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    ///
    /// // It runs every night, and takes up to an hour.
    /// let layer = JobLayer::new("nightly_export").overdue_after(DAY + Duration::from_secs(2 * 60 * 60));
    /// # let _ = layer;
    /// let labels = [("job_name", "nightly_export")];
    /// assert_eq!(tallymark::registry::snapshot().value("job_overdue_after_seconds", &labels), Some(93_600.0));
    /// ```
    #[must_use]
    pub fn overdue_after(self, time: Duration) -> Self {
        let job = self.job.overdue_after(time);
        job.show();
        Self { job }
    }
}

impl<S> Layer<S> for JobLayer {
    type Service = JobService<S>;

    fn layer(&self, inner: S) -> JobService<S> {
        JobService { inner, job: self.job }
    }
}

/// Measures the tasks that the service within executes. Made by [`JobLayer`].
#[derive(Clone, Debug)]
pub struct JobService<S> {
    inner: S,
    job: Job,
}

impl<S, Args> Service<Task<Args>> for JobService<S>
where
    S: Service<Task<Args>>,
    S::Error: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = JobFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, task: Task<Args>) -> JobFuture<S::Future> {
        let mut running = Running::new(self.job.begin());
        let future = running.run(|| self.inner.call(task));
        JobFuture { future, running }
    }
}

pin_project! {
    /// A task that a [`JobService`] executes. Dropped before it is ready, it was cancelled.
    #[must_use = "futures do nothing unless polled"]
    pub struct JobFuture<F> {
        #[pin]
        future: F,
        running: Running,
    }
}

impl<F, T, E> Future for JobFuture<F>
where
    F: Future<Output = Result<T, E>>,
    E: 'static,
{
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T, E>> {
        let this = self.project();
        let polled = this.running.run(|| this.future.poll(context));
        if let Poll::Ready(result) = &polled {
            if let Some(run) = this.running.end() {
                end(run, result);
            }
        }
        polled
    }
}

impl<F> fmt::Debug for JobFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobFuture").field("running", &self.running).finish_non_exhaustive()
    }
}

fn end<T, E: 'static>(run: JobRun, result: &Result<T, E>) {
    match result {
        Ok(_) => run.finish(false),
        Err(error) if is_cancellation(error) => drop(run),
        Err(_) => run.finish(true),
    }
}

/// Returns whether a worker reports by this error that somebody has cancelled the task.
fn is_cancellation(error: &dyn Any) -> bool {
    let error = error.downcast_ref::<BoxDynError>();
    let aborted = error.and_then(|error| error.downcast_ref::<AbortError>());
    let reason = aborted.and_then(|aborted| aborted.source()?.downcast_ref::<TaskLifecycleError>());
    // The variant for it exists if the feature `task-context` of apalis is on, which is the application's to choose.
    reason.is_some_and(|reason| {
        !matches!(reason, TaskLifecycleError::MissingTaskId | TaskLifecycleError::Duplicate)
    })
}
