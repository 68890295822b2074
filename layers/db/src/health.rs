//! Checking again and again whether a database answers.

use crate::{BuildError, Database, observer::HealthHandles};
use std::{error::Error, fmt, future::Future, time::Duration};
use tokio::{task::JoinHandle, time};

/// Checks at regular intervals whether a database answers: `db_pool_healthy{db}` is 1 or 0,
/// `db_pool_health_checks_total{db}` and `db_pool_health_failures_total{db}` count.
///
/// The check is a future of the application's, such as `SELECT 1` on its pool, so that it works with any driver. A check
/// that takes longer than the timeout is a failure, and is dropped. The task ends when this is dropped.
///
/// ```
/// use std::time::Duration;
/// use tallymark_db::{Database, HealthChecker};
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let database = Database::builder("main").build()?;
///     let checker = HealthChecker::every(Duration::from_secs(30))
///         .timeout(Duration::from_secs(2))
///         // In a service: `sqlx::query("SELECT 1").execute(&pool).await`.
///         .start(database, || async { Ok::<(), std::io::Error>(()) })?;
///     drop(checker);
///     Ok(())
/// }
/// ```
#[derive(Debug)]
#[must_use = "dropped at once, it checks nothing"]
pub struct HealthChecker {
    task: JoinHandle<()>,
}

impl HealthChecker {
    /// Returns settings for a check at these intervals, the first time at once, with a timeout of five seconds.
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

/// How a database is checked. Made by [`HealthChecker::every`].
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is checked before `start` is called"]
pub struct HealthSettings {
    interval: Duration,
    timeout: Duration,
}

impl HealthSettings {
    /// Sets how long a check may take.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Starts to check, in a task of the current runtime of tokio, whose timers have to be enabled.
    ///
    /// # Errors
    ///
    /// See [`HealthError`].
    pub fn start<F, T, E>(
        self,
        database: Database,
        mut check: impl FnMut() -> F + Send + 'static,
    ) -> Result<HealthChecker, HealthError>
    where
        F: Future<Output = Result<T, E>> + Send,
    {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| HealthError::NoRuntime)?;
        let handles = HealthHandles::declare(database).map_err(HealthError::Build)?;
        let task = runtime.spawn(async move {
            let mut ticks = time::interval(self.interval);
            ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let answer = time::timeout(self.timeout, check()).await;
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
            Self::NoRuntime => f.write_str(
                "there is no runtime here: `HealthSettings::start` is called within a runtime of tokio",
            ),
            Self::Build(_) => f.write_str("the families of health checks cannot be declared"),
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
