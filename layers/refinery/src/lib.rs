//! Migrations of refinery.

use std::{fmt, ops::DerefMut};

use refinery_core::{AsyncMigrate, Error, Migrate, Migration, Runner};

use super::{MigrationSource, MigrationStatus, SourceError, blocking::Blocking, missing};

/// The migrations of a [`Runner`](refinery_core::Runner) with a blocking client (rusqlite, postgres, mysql), and those
/// in the table that it keeps. The table is only read.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use refinery::{Migration, Runner};
/// use tallymark::migrations::{Migrations, RefinerySource};
///
/// // In a service: embed_migrations!(), and then migrations::runner().
/// let runner = Runner::new(&[Migration::unapplied("V1__orders", "CREATE TABLE orders (id INTEGER)")?]);
/// let connect = || rusqlite::Connection::open_in_memory().map(Box::new);
/// let migrations = Migrations::builder("main").build(RefinerySource::new(connect, runner))?;
/// assert_eq!(migrations.refresh().await?.pending, 1);
/// # Ok(())
/// # }
/// ```
pub struct RefinerySource {
    blocking: Blocking,
}

impl RefinerySource {
    /// `connect` is called for each question, on a thread that may block. It returns a connection of a pool, or a `Box`
    /// around a plain one.
    pub fn new<F, P, E>(mut connect: F, runner: Runner) -> Self
    where
        F: FnMut() -> Result<P, E> + Send + 'static,
        P: DerefMut,
        P::Target: Migrate + Sized,
        E: Into<SourceError>,
    {
        let blocking = Blocking::new(move || {
            let mut connection = connect().map_err(Into::into)?;
            status(&runner, runner.get_applied_migrations(&mut *connection))
        });
        Self { blocking }
    }
}

impl MigrationSource for RefinerySource {
    async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
        self.blocking.ask().await
    }
}

impl fmt::Debug for RefinerySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefinerySource").finish_non_exhaustive()
    }
}

/// The same with an async client (tokio-postgres, `mysql_async`, tiberius).
pub struct RefineryAsyncSource<F> {
    connect: F,
    runner: Runner,
}

impl<F, P, E> RefineryAsyncSource<F>
where
    F: AsyncConnect<Pointer = P, Error = E>,
    P: DerefMut,
    P::Target: AsyncMigrate + Send + Sized,
{
    /// `connect` is called for each question. It returns a connection of a pool, or a `Box` around a plain one.
    pub fn new(connect: F, runner: Runner) -> Self {
        Self { connect, runner }
    }
}

impl<F> MigrationSource for RefineryAsyncSource<F>
where
    F: AsyncConnect + 'static,
    F::Pointer: DerefMut + Send,
    <F::Pointer as std::ops::Deref>::Target: AsyncMigrate + Send + Sized,
{
    async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
        let mut connection = self.connect.connect().await.map_err(Into::into)?;
        let applied = self.runner.get_applied_migrations_async(&mut *connection).await;
        status(&self.runner, applied)
    }
}

impl<F> fmt::Debug for RefineryAsyncSource<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefineryAsyncSource").finish_non_exhaustive()
    }
}

/// A function that opens connections.
#[doc(hidden)]
pub trait AsyncConnect: Send {
    type Pointer;
    type Error: Into<SourceError>;
    fn connect(&mut self) -> impl Future<Output = Result<Self::Pointer, Self::Error>> + Send;
}

impl<F, A, P, E> AsyncConnect for F
where
    F: FnMut() -> A + Send,
    A: Future<Output = Result<P, E>> + Send,
    E: Into<SourceError>,
{
    type Pointer = P;
    type Error = E;

    fn connect(&mut self) -> impl Future<Output = Result<P, E>> + Send {
        self()
    }
}

fn status(runner: &Runner, applied: Result<Vec<Migration>, Error>) -> Result<MigrationStatus, SourceError> {
    let applied = match applied {
        Ok(applied) => applied,
        Err(error) if missing::says_no_table(&error) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let known: Vec<_> = runner.get_migrations().iter().map(Migration::version).collect();
    Ok(MigrationStatus::compare(&known, applied.iter().map(Migration::version)))
}
