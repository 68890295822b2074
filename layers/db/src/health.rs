//! Asking a database again and again whether it answers.

use super::{BuildError, Database};
use std::{error::Error, fmt, future::Future, time::Duration};
use tokio::{task::JoinHandle, time};

/// Asks a database at regular intervals whether it answers: `db_pool_healthy{db}` is 1 or 0,
/// `db_pool_health_checks_total{db}` and `db_pool_health_failures_total{db}` count.
///
/// The question is a future of the application's, `SELECT 1` on its pool for instance, so that it works with any driver. A
/// question that is not answered in time is a failure, and is dropped. The task ends when this is dropped.
///
/// ```
/// # #[cfg(feature = "sqlx-sqlite")]
/// # mod example {
/// use std::time::Duration;
/// use tallymark::db::{Database, HealthChecker};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
/// let database = Database::builder("main").build()?;
/// let checker = HealthChecker::every(Duration::from_secs(30))
///     .timeout(Duration::from_secs(2))
///     .start(database, move || {
///         let pool = pool.clone();
///         async move { sqlx::query("SELECT 1").execute(&pool).await }
///     })?;
/// # drop(checker);
/// # Ok(())
/// # }
/// # }
/// ```
#[derive(Debug)]
#[must_use = "dropped at once, it asks nothing"]
pub struct HealthChecker {
    task: JoinHandle<()>,
}

impl HealthChecker {
    /// Asks at these intervals, the first time at once. It waits five seconds for an answer unless told otherwise.
    pub fn every(interval: Duration) -> HealthSettings {
        // An interval of zero would be a busy loop.
        HealthSettings { interval: interval.max(Duration::from_millis(1)), timeout: Duration::from_secs(5) }
    }
}

impl Drop for HealthChecker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How a database is asked. Made by [`HealthChecker::every`].
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is asked before `start` is called"]
pub struct HealthSettings {
    interval: Duration,
    timeout: Duration,
}

impl HealthSettings {
    /// Waits so long for an answer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Starts to ask, in a task of the current runtime of tokio, whose timers have to be enabled.
    ///
    /// # Errors
    ///
    /// See [`HealthError`].
    pub fn start<F, T, E>(
        self,
        database: Database,
        mut ask: impl FnMut() -> F + Send + 'static,
    ) -> Result<HealthChecker, HealthError>
    where
        F: Future<Output = Result<T, E>> + Send,
    {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| HealthError::NoRuntime)?;
        let handles = database.health().map_err(HealthError::Build)?;
        let task = runtime.spawn(async move {
            let mut ticks = time::interval(self.interval);
            ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let answer = time::timeout(self.timeout, ask()).await;
                handles.count(matches!(answer, Ok(Ok(_))));
            }
        });
        Ok(HealthChecker { task })
    }
}

/// Why a [`HealthChecker`] did not start.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum HealthError {
    /// It was not started within a runtime of tokio.
    NoRuntime,
    /// The families cannot be declared.
    Build(BuildError),
}

impl fmt::Display for HealthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRuntime => f.write_str("a health checker is started within a runtime of tokio"),
            Self::Build(error) => error.fmt(f),
        }
    }
}

impl Error for HealthError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoRuntime => None,
            Self::Build(error) => Some(error),
        }
    }
}
