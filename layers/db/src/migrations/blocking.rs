//! Drivers that block.

use super::source::{MigrationStatus, SourceError};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::task::{self, JoinHandle};

type Result = std::result::Result<MigrationStatus, SourceError>;

/// A function that queries a database by a driver that blocks, called on a thread that may block: what a
/// [`MigrationSource`](super::MigrationSource) for such a driver awaits.
///
/// ```
/// use tallymark_db::migrations::{BlockingQuery, MigrationSource, MigrationStatus, Migrations, SourceError};
///
/// struct Store(BlockingQuery);
///
/// impl MigrationSource for Store {
///     async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
///         self.0.run().await
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Store(BlockingQuery::new(|| Ok(MigrationStatus::new(3, 1))));
/// assert_eq!(Migrations::builder("blocking").build(store)?.refresh().await?.pending, 1);
/// # Ok(())
/// # }
/// ```
pub struct BlockingQuery {
    query: Arc<Mutex<dyn FnMut() -> Result + Send>>,
    /// The call that was given up waiting for. There is at most one, so that a database which hangs costs one thread and
    /// not one each time.
    running: Option<JoinHandle<Result>>,
}

impl BlockingQuery {
    /// Wraps a function.
    pub fn new(query: impl FnMut() -> Result + Send + 'static) -> Self {
        Self { query: Arc::new(Mutex::new(query)), running: None }
    }

    /// Calls the function, or waits for the call that is still running.
    ///
    /// # Errors
    ///
    /// Those of the function, or if it panics.
    pub async fn run(&mut self) -> Result {
        let running = self.running.get_or_insert_with(|| {
            let query = Arc::clone(&self.query);
            task::spawn_blocking(move || {
                // One that panicked before may do better now.
                let mut query = query.lock().unwrap_or_else(PoisonError::into_inner);
                query()
            })
        });
        let result = running.await;
        self.running = None;
        result?
    }
}

impl fmt::Debug for BlockingQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingQuery").field("is_running", &self.running.is_some()).finish_non_exhaustive()
    }
}
