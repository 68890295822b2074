//! Is the schema what this program expects? Applied and pending migrations of refinery, as gauges.
//!
//! Works with refinery 0.10.
//!
//! ```toml
//! [dependencies]
//! tallymark = "0.1"
//! tallymark-refinery = "0.1"
//! refinery = { version = "0.10", features = ["rusqlite-bundled"] }
//! rusqlite = "0.39"
//! tokio = { version = "1", features = ["macros", "rt", "time"] }
//! ```
//!
//! ```rust
//! use refinery::{Migration, Runner};
//! use tallymark_refinery::{Migrations, RefinerySource};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     // In a service: embed_migrations!(), and then migrations::runner().
//!     let runner = Runner::new(&[Migration::unapplied("V1__orders", "CREATE TABLE orders (id INTEGER)")?]);
//!     let connect = || rusqlite::Connection::open_in_memory().map(Box::new);
//!     let migrations = Migrations::builder("main").build(RefinerySource::new(connect, runner))?;
//!
//!     assert_eq!(migrations.refresh().await?.pending, 1);
//!     let shown = tallymark::registry::snapshot();
//!     assert_eq!(shown.value("db_migrations_pending", &[("db", "main")]), Some(1.0));
//!     // From here on a task looks once a minute, until it is dropped.
//!     let task = migrations.start()?;
//!     drop(task);
//!     Ok(())
//! }
//! ```
//!
//! # What is measured
//!
//! | family | type | labels | |
//! |---|---|---|---|
//! | `db_migrations_applied` | gauge | `db` | migrations that the database has had |
//! | `db_migrations_pending` | gauge | `db` | migrations that the program knows and the database has not had |
//! | `db_migrations_refresh_errors_total` | counter | `db` | attempts to find out that failed |
//!
//! [`RefinerySource`] is for clients that block (rusqlite, postgres, mysql), [`RefineryAsyncSource`] for others
//! (tokio-postgres, `mysql_async`, tiberius). The table that refinery keeps is only read.
//!
//! # Limits
//!
//! - A migration that was applied and that the program does not know (a later version of the program ran it) counts as
//!   applied and not as pending. Checksums are not compared.
//! - Where a driver gives an error no code, "the table of migrations does not exist" is known by its English text.
//! - A client that blocks is called on tokio's threads for blocking work. When it does not return in time, its thread stays
//!   busy; it is not called again before it has returned.

use refinery_core::{AsyncMigrate, Error, Migrate, Migration, Runner};
use std::{fmt, future::Future, ops::DerefMut};
use tallymark_db::migrations::{BlockingQuery, is_missing_table};

pub use tallymark_db::{
    BuildError, Naming,
    migrations::{
        MigrationSource, MigrationStatus, Migrations, MigrationsBuilder, MigrationsTask, RefreshError,
        SourceError,
    },
};

/// The migrations of a [`Runner`] with a blocking client (rusqlite, postgres, mysql), and those
/// in the table that it keeps. The table is only read.
pub struct RefinerySource {
    query: BlockingQuery,
}

impl RefinerySource {
    /// Makes a source. `connect` is called for each query, on a thread that may block. It returns a connection of a pool, or a `Box`
    /// around a plain one.
    pub fn new<F, P, E>(mut connect: F, runner: Runner) -> Self
    where
        F: FnMut() -> Result<P, E> + Send + 'static,
        P: DerefMut,
        P::Target: Migrate + Sized,
        E: Into<SourceError>,
    {
        let query = BlockingQuery::new(move || {
            let mut connection = connect().map_err(Into::into)?;
            status(&runner, runner.get_applied_migrations(&mut *connection))
        });
        Self { query }
    }
}

impl MigrationSource for RefinerySource {
    async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
        self.query.run().await
    }
}

impl fmt::Debug for RefinerySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefinerySource").finish_non_exhaustive()
    }
}

/// The migrations of a [`Runner`] with an async client (tokio-postgres, `mysql_async`, tiberius), and
/// those in the table that it keeps. The table is only read.
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
    /// Makes a source. `connect` is called for each query. It returns a connection of a pool, or a `Box` around a plain one.
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
        Err(error) if is_missing_table(&error) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let known: Vec<_> = runner.get_migrations().iter().map(Migration::version).collect();
    Ok(MigrationStatus::compare(&known, applied.iter().map(Migration::version)))
}
