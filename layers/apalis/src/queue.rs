//! How many tasks wait in a queue.

use std::{error::Error, fmt};

use apalis_core::backend::{Metrics, Statistic};
use tallymark_core::job_queue_depth;

/// What backends call the tasks that are due and were not taken by a worker. In Redis, those of later are kept elsewhere, and
/// are not among what is called pending.
const TITLES: [&str; 2] = ["QUEUE_BACKLOG", "PENDING_JOBS"];

/// Asks a backend how many tasks of its queue are due and wait for a worker, shows that in `job_queue_depth{queue}`, and
/// returns it.
///
/// What is shown stays until this is called again, so it is called now and then: by a task with a timer, or by a worker with a
/// schedule. The queue is a label: a text of the program, or as many as it has queues.
///
/// It works with the backends that implement [`Metrics`]: those for PostgreSQL, MySQL, SQLite and Redis. For another one,
/// set `tallymark::job_queue_depth` where the number is known.
///
/// ```
/// use std::time::Duration;
/// use apalis_core::backend::Metrics;
/// use tallymark_apalis::refresh_queue_depth;
///
/// /// Runs as long as the program, in a task beside the worker: `tokio::spawn(watch("mails", storage.clone()))`.
/// async fn watch<B: Metrics>(queue: &str, backend: B) {
///     loop {
///         // Without a new number, the last one remains.
///         let _ = refresh_queue_depth(queue, &backend).await;
///         tokio::time::sleep(Duration::from_secs(30)).await;
///     }
/// }
/// ```
///
/// # Errors
///
/// If the backend fails, or its statistics have no such number. What is shown remains what it was.
pub async fn refresh_queue_depth<B: Metrics>(
    queue: &str,
    backend: &B,
) -> Result<f64, QueueDepthError<B::Error>> {
    let statistics = backend.fetch_by_queue().await.map_err(QueueDepthError::Backend)?;
    let depth = waiting(&statistics).ok_or(QueueDepthError::Unknown)?;
    job_queue_depth(queue).set(depth);
    Ok(depth)
}

/// Returns the number of tasks that wait, if it is there and is one.
fn waiting(statistics: &[Statistic]) -> Option<f64> {
    let titled = |title: &&str| statistics.iter().find(|statistic| statistic.title == *title);
    let statistic = TITLES.iter().find_map(titled)?;
    statistic.value.parse().ok().filter(|depth: &f64| depth.is_finite() && *depth >= 0.0)
}

/// Why it is not known how many tasks wait.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueueDepthError<E> {
    /// The backend failed.
    Backend(E),
    /// The statistics of the backend do not say how many tasks wait.
    Unknown,
}

impl<E> fmt::Display for QueueDepthError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backend(_) => f.write_str("the backend of the queue cannot be asked for its statistics"),
            Self::Unknown => f.write_str(
                "the statistics of the backend do not say how many tasks wait: set `tallymark::job_queue_depth` where that is \
                 known",
            ),
        }
    }
}

impl<E: Error + 'static> Error for QueueDepthError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Backend(source) => Some(source),
            Self::Unknown => None,
        }
    }
}
