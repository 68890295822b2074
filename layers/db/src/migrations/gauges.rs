//! The migrations of one database.

use std::{
    fmt,
    future::{Future, poll_fn},
    panic::{self, AssertUnwindSafe},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use tokio::{runtime::Handle, sync::Mutex, time};

use super::{
    error::RefreshError,
    families::Families,
    source::{AnySource, MigrationStatus},
    task::MigrationsTask,
};

#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) interval: Duration,
    pub(super) timeout: Duration,
}

/// How many migrations a database has had and how many it has not, as gauges. See the [module](super).
///
/// A clone is the same thing.
#[derive(Clone)]
pub struct Migrations {
    shared: Arc<Shared>,
}

struct Shared {
    families: Families,
    settings: Settings,
    source: Mutex<Box<dyn AnySource>>,
}

impl Migrations {
    pub(super) fn new(families: Families, settings: Settings, source: Box<dyn AnySource>) -> Self {
        Self { shared: Arc::new(Shared { families, settings, source: Mutex::new(source) }) }
    }

    /// Queries the database now, and shows the result. For start-up and for tests.
    ///
    /// Two calls at the same time run one after the other; waiting counts towards the time limit.
    ///
    /// # Errors
    ///
    /// If the database does not answer, or with an error. The gauges keep their values, and `db_migrations_refresh_errors_total` counts it.
    pub async fn refresh(&self) -> Result<MigrationStatus, RefreshError> {
        let shared = &*self.shared;
        let result = shared.query().await;
        match &result {
            Ok(status) => shared.families.show(*status),
            Err(_) => shared.families.failed(),
        }
        result
    }

    /// Queries the database from now on: at once, and then always one [interval](super::MigrationsBuilder::interval) after the last answer.
    ///
    /// The task ends when what is returned is dropped.
    ///
    /// # Errors
    ///
    /// If this is not called within a tokio runtime.
    pub fn start(&self) -> Result<MigrationsTask, RefreshError> {
        let runtime = Handle::try_current().map_err(|_| RefreshError::Runtime)?;
        let (migrations, interval) = (self.clone(), self.shared.settings.interval);
        let task = runtime.spawn(async move {
            loop {
                // Who wants to see errors looks at the counter: there is nobody here to hand them to.
                if let Err(RefreshError::Runtime) = migrations.refresh().await {
                    return;
                }
                time::sleep(interval).await;
            }
        });
        Ok(MigrationsTask::new(task.abort_handle()))
    }
}

impl Shared {
    async fn query(&self) -> Result<MigrationStatus, RefreshError> {
        if Handle::try_current().is_err() {
            return Err(RefreshError::Runtime);
        }
        let limit = self.settings.timeout;
        // Making a timer panics where the runtime has none.
        let Ok(timer) = panic::catch_unwind(|| time::sleep(limit)) else { return Err(RefreshError::Runtime) };
        let (mut timer, mut querying) = (pin!(timer), pin!(async { self.source.lock().await.query().await }));
        poll_fn(|context| {
            // A source that panicked is queried again later, like one that failed: whatever state it is in is its own.
            match panic::catch_unwind(AssertUnwindSafe(|| querying.as_mut().poll(context))) {
                Err(_) => return Poll::Ready(Err(RefreshError::Panic)),
                Ok(Poll::Ready(answer)) => return Poll::Ready(answer.map_err(RefreshError::Source)),
                Ok(Poll::Pending) => {}
            }
            timer.as_mut().poll(context).map(|()| Err(RefreshError::Timeout(limit)))
        })
        .await
    }
}

impl fmt::Debug for Migrations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { families, settings, .. } = &*self.shared;
        f.debug_struct("Migrations")
            .field("db", &families.db())
            .field("settings", settings)
            .finish_non_exhaustive()
    }
}
