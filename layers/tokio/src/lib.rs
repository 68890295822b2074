//! How busy are the workers of a tokio runtime, what waits in its queues, and which tasks keep it from going on?
//!
//! One line shows what a runtime (of tokio 1.45 or later) says about itself, and a [`TaskMonitor`] measures tasks of one kind. Where
//! the allocator is jemalloc or mimalloc, a line shows what that says.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-tokio = "0.1"
//! tokio = { version = "1", features = ["full"] }
//! ```
//!
//! ```rust
//! use tallymark_tokio::TaskMonitor;
//! use tokio::runtime::Handle;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     tallymark_tokio::observe("main", &Handle::current()).forget();
//!     let checkouts = TaskMonitor::new("checkout")?;
//!
//!     tokio::spawn(checkouts.instrument(async {
//!         tokio::task::yield_now().await;
//!     }))
//!     .await?;
//!
//!     let snapshot = tallymark::registry::snapshot();
//!     assert!(snapshot.value("tokio_workers", &[("runtime", "main")]).is_some());
//!     let polls = snapshot.histogram("tokio_task_poll_duration_seconds", &[("task", "checkout")]);
//!     assert_eq!(polls.map(|polls| polls.count()), Some(2));
//!     Ok(())
//! }
//! ```
//!
//! # Runtimes
//!
//! [`observe`] takes a name, which becomes the label `runtime`. What workers say has the label `worker`, a number; with many
//! processors, [`RuntimeCollector::sum_workers`] leaves it out. Everything is read when somebody scrapes, and costs tasks nothing.
//!
//! | family | in `tokio-metrics` | |
//! |---|---|---|
//! | `tokio_workers{runtime}` | `workers_count` | worker threads |
//! | `tokio_live_tasks{runtime}` | `live_tasks_count` | tasks that have not ended |
//! | `tokio_global_queue_depth{runtime}` | `global_queue_depth` | ready tasks that wait for any worker |
//! | `tokio_worker_busy_seconds_total{runtime,worker}` | `total_busy_duration` | time not parked; its rate is utilization |
//! | `tokio_worker_parks_total{runtime,worker}` | `total_park_count` | times with nothing to do |
//!
//! The rest is there if the program is built with `RUSTFLAGS="--cfg tokio_unstable"`:
//!
//! | family | in `tokio-metrics` | |
//! |---|---|---|
//! | `tokio_blocking_threads{runtime}` | `blocking_threads_count` | threads of `spawn_blocking` |
//! | `tokio_idle_blocking_threads{runtime}` | `idle_blocking_threads_count` | those with nothing to do |
//! | `tokio_blocking_queue_depth{runtime}` | `blocking_queue_depth` | blocking calls that wait |
//! | `tokio_spawned_tasks_total{runtime}` | | tasks that were spawned |
//! | `tokio_remote_schedules_total{runtime}` | `num_remote_schedules` | tasks made ready from outside |
//! | `tokio_budget_forced_yields_total{runtime}` | `budget_forced_yield_count` | tasks that had used up their budget |
//! | `tokio_worker_polls_total{runtime,worker}` | `total_polls_count` | polls of tasks |
//! | `tokio_worker_noops_total{runtime,worker}` | `total_noop_count` | wake-ups for nothing |
//! | `tokio_worker_steals_total{runtime,worker}` | `total_steal_count` | tasks taken from other workers |
//! | `tokio_worker_steal_operations_total{runtime,worker}` | `total_steal_operations` | times that any were |
//! | `tokio_worker_local_schedules_total{runtime,worker}` | `total_local_schedule_count` | tasks that a worker made ready itself |
//! | `tokio_worker_overflows_total{runtime,worker}` | `total_overflow_count` | times that a worker's queue was full |
//! | `tokio_worker_local_queue_depth{runtime,worker}` | `total_local_queue_depth` | ready tasks that wait for their worker |
//! | `tokio_worker_poll_duration_seconds{runtime,worker}` | `poll_time_histogram` | if the runtime's builder enables that histogram |
//!
//! # Tasks
//!
//! [`TaskMonitor::instrument`] puts a monitor around a future. It costs two readings of the clock a poll, one a wake-up, and one
//! allocation a task; those that are not instrumented pay nothing.
//!
//! | family | in `tokio-metrics` | |
//! |---|---|---|
//! | `tokio_instrumented_tasks_total{task}` | `instrumented_count` | tasks that were instrumented |
//! | `tokio_live_instrumented_tasks{task}` | | those that have not ended |
//! | `tokio_task_first_poll_delay_seconds{task}` | `first_poll_delay` | from being instrumented to the first poll |
//! | `tokio_task_poll_duration_seconds{task}` | `poll_duration` | how long polls took: long ones block their worker |
//! | `tokio_task_scheduled_duration_seconds{task}` | `scheduled_duration` | from being woken to being polled: long ones had no worker |
//! | `tokio_task_idle_seconds_total{task}` | `total_idle_duration` | waiting for something else |
//!
//! Durations are histograms, from which slow polls and long delays are read with any threshold.
//!
//! # Gauges that are fetched
//!
//! [`refresh_gauges`] starts the tasks of all gauges that are declared with `#[gauge_refresh]`.
//!
//! | family | |
//! |---|---|
//! | `tallymark_gauge_refresh_errors_total{gauge,error}` | refreshes that failed: `error`, `panic` or `timeout` |
//!
//! # Allocators
//!
//! | feature | shown by | families |
//! |---|---|---|
//! | `jemalloc` | `observe_jemalloc().forget()` | `jemalloc_{allocated,active,metadata,resident,mapped,retained}_bytes` |
//! | `mimalloc` | `observe_mimalloc().forget()` | `mimalloc_{committed,reserved}_bytes`, `mimalloc_pages`, `mimalloc_abandoned_pages`, `mimalloc_arenas`, `mimalloc_purged_bytes_total` |
//!
//! They are for programs whose `#[global_allocator]` is that of `tikv-jemallocator` 0.7, or of `mimalloc` 0.1.52 or later. In others,
//! they are about an allocator that allocates nothing.
//!
//! # Errors
//!
//! [`TaskMonitor::new`] fails with a [`BuildError`] if something else in the program has the names of these families. An allocator
//! that does not say what it is asked for is counted in `tallymark_collector_errors_total`.
//!
//! # Limits
//!
//! - A name of a runtime is used once: of two with the same name, one is shown, and `tallymark_conflicts_total` counts the other.
//! - Values are those of the moment at which each is read, one after the other: a task may be in two queues or in none of them.
//! - tokio keeps no sum of its poll times, so the sum of `tokio_worker_poll_duration_seconds` is the time that workers were busy,
//!   with what lies between two polls. Its histogram of schedule latencies, of which there is no sum at all, is not shown, and
//!   neither are the numbers of its I/O driver.
//! - On targets without 64-bit atomics, tokio counts nothing of workers.
//! - A task that is part of another, by `select!` or `join!`, may be polled without having been woken. Such polls are in the durations of
//!   polls, and not in those of waiting.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod gauges;
#[cfg(feature = "jemalloc")]
mod jemalloc;
mod meters;
#[cfg(feature = "mimalloc")]
mod mimalloc;
mod runtime;
mod task;

#[cfg(feature = "jemalloc")]
pub use self::jemalloc::observe_jemalloc;
#[cfg(feature = "mimalloc")]
pub use self::mimalloc::observe_mimalloc;
pub use self::{
    error::BuildError,
    gauges::{GaugeRefreshes, refresh_gauges},
    runtime::{RuntimeCollector, observe},
    task::{InstrumentedTask, TaskMonitor},
};
