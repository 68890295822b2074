//! What knows which migrations there are.

use std::{collections::HashSet, error::Error, future::Future, hash::Hash, pin::Pin};

/// What a source may fail with. It is counted; its text never becomes a label.
pub type SourceError = Box<dyn Error + Send + Sync>;

/// How far a database has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationStatus {
    /// Migrations that the database has had, those that the program does not know included.
    pub applied: u64,
    /// Migrations that the program knows and the database has not had.
    pub pending: u64,
}

impl MigrationStatus {
    /// A database that has had `applied` migrations, and has not had `pending` others.
    pub fn new(applied: u64, pending: u64) -> Self {
        Self { applied, pending }
    }

    /// Returns the status of a database that has had `applied`, for a program that knows `known`.
    ///
    /// ```
    /// use tallymark_db::migrations::MigrationStatus;
    ///
    /// let status = MigrationStatus::compare(&[1, 2, 3], [1, 2, 90]);
    /// assert_eq!(status, MigrationStatus::new(3, 1));
    /// ```
    pub fn compare<V: Eq + Hash>(known: &[V], applied: impl IntoIterator<Item = V>) -> Self {
        let applied: HashSet<V> = applied.into_iter().collect();
        let pending =
            known.iter().collect::<HashSet<_>>().into_iter().filter(|known| !applied.contains(known));
        Self { applied: applied.len() as u64, pending: pending.count() as u64 }
    }
}

/// Something that knows which migrations a database has had, and which it has not.
///
/// ```
/// use tallymark_db::migrations::{MigrationSource, MigrationStatus, Migrations, SourceError};
///
/// /// A store whose schema has a number.
/// struct Store {
///     version: u64,
/// }
///
/// impl MigrationSource for Store {
///     async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
///         const LATEST: u64 = 7;
///         Ok(MigrationStatus::new(self.version, LATEST.saturating_sub(self.version)))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let migrations = Migrations::builder("store").build(Store { version: 5 })?;
/// assert_eq!(migrations.refresh().await?, MigrationStatus::new(5, 2));
/// # Ok(())
/// # }
/// ```
pub trait MigrationSource: Send + 'static {
    /// Queries the database. When the time limit is over, the future is dropped, and the next query is a new call.
    ///
    /// # Errors
    ///
    /// Whatever kept the source from finding out.
    fn status(&mut self) -> impl Future<Output = Result<MigrationStatus, SourceError>> + Send;
}

pub(super) type Answer<'a> = Pin<Box<dyn Future<Output = Result<MigrationStatus, SourceError>> + Send + 'a>>;

/// A source whose type is forgotten.
pub(super) trait AnySource: Send {
    fn query(&mut self) -> Answer<'_>;
}

impl<S: MigrationSource> AnySource for S {
    fn query(&mut self) -> Answer<'_> {
        Box::pin(self.status())
    }
}
