//! Do the tasks of my workers succeed, how long do they take, and how many wait?
//!
//! For [apalis](https://docs.rs/apalis) 1: a [`JobLayer`] around the tasks of a worker counts them as runs of a job, in the families
//! of `#[tallymark::job]`.
//!
//! ```toml
//! [dependencies]
//! apalis = "1"
//! tallymark = "0.1"
//! tallymark-apalis = "0.1"
//! tokio = { version = "1", features = ["full"] }
//! ```
//!
//! ```rust
//! use apalis::prelude::*;
//! use tallymark_apalis::JobLayer;
//!
//! async fn send_mail(address: String, worker: WorkerContext) -> Result<(), BoxDynError> {
//!     // … a connection to a mail server …
//!     if address == "last@shop.example" {
//!         worker.stop()?;
//!     }
//!     if address.contains('@') { Ok(()) } else { Err("no address".into()) }
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let mut mails = MemoryStorage::new();
//!     for address in ["first@shop.example", "nobody", "last@shop.example"] {
//!         mails.push(address.to_owned()).await?;
//!     }
//!     let worker = WorkerBuilder::new("mailer-1")
//!         .backend(mails)
//!         .layer(JobLayer::new("send_mail"))
//!         .build(send_mail);
//!     worker.run().await?;
//!
//!     let snapshot = tallymark::registry::snapshot();
//!     let runs = |outcome| {
//!         let labels = [("job_name", "send_mail"), ("outcome", outcome)];
//!         snapshot.counter("job_runs_total", &labels)
//!     };
//!     assert_eq!((runs("ok"), runs("error")), (Some(2), Some(1)));
//!     assert!(snapshot.value("job_last_success_timestamp_seconds", &[("job_name", "send_mail")]).is_some());
//!     Ok(())
//! }
//! ```
//!
//! # What is measured?
//!
//! | family | labels | |
//! |---|---|---|
//! | `job_runs_total` | `job_name`, `outcome` | tasks that ended |
//! | `job_duration_seconds` | `job_name` | time from being taken by the worker to the end, in buckets from 10 milliseconds to a day |
//! | `job_runs_in_flight` | `job_name` | tasks that workers have taken and not ended |
//! | `job_last_start_timestamp_seconds` | `job_name` | when a task was taken last |
//! | `job_last_success_timestamp_seconds` | `job_name` | when a task succeeded last |
//! | `job_overdue_after_seconds` | `job_name` | how long after its last success the job is overdue, [if it can be](JobLayer::overdue_after) |
//! | `job_known_since_timestamp_seconds` | `job_name` | since when the program has known such a job |
//! | `job_queue_depth` | `queue` | tasks that wait, [as they are asked for](refresh_queue_depth) |
//!
//! The name of the job is that of the layer, a text of the program. Neither workers, which may be as many as there are processes, nor
//! tasks are in any label.
//!
//! # What counts as what?
//!
//! | outcome | |
//! |---|---|
//! | `ok` | the function returned, and not an `Err` |
//! | `error` | it returned an `Err`, whether the task will be tried again or not; a layer within refused the task, or its time ran out |
//! | `panic` | it panicked |
//! | `cancelled` | its future was dropped, as when a worker is aborted; or somebody has cancelled it by its `TaskContext` |
//!
//! - **Retries.** With `.retry(…)` after this layer, a run is a task with all its attempts. With `.retry(…)` before it, each attempt is a
//!   run. Tasks that a backend hands out again later are runs of their own. See [`JobLayer`].
//! - **Panics.** A worker does not catch panics without `.catch_panic()`, and is ended by them. Put that before this layer: within it, a
//!   panic becomes an error before it is seen.
//!
//! # Queues
//!
//! [`refresh_queue_depth`] asks a backend how many tasks wait. Those for PostgreSQL, MySQL, SQLite and Redis know it. Backends in
//! memory do not: where tasks are put in and taken out, `tallymark::job_queue_depth` is set.
//!
//! # Errors
//!
//! A layer has none. Queues have a [`QueueDepthError`].
//!
//! # Limits
//!
//! - The time that a task waits in its queue is not part of its duration, and is not measured: not every backend says when a task was
//!   put in.
//! - A task that is cancelled by its `TaskContext` and returns before the worker has looked counts as what the worker makes of it: an
//!   error.
//! - Tasks that a worker has not taken when it is stopped have not begun. They wait, and are not counted.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod layer;
mod queue;
mod running;

pub use self::{
    layer::{JobFuture, JobLayer, JobService},
    queue::{QueueDepthError, refresh_queue_depth},
};
