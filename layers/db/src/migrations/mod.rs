//! Applied and pending migrations of databases.
//!
//! # Is the schema what this program expects?
//!
//! A program that was rolled out before its migrations, or beside a migration that failed, runs against a schema it was
//! not written for. Two gauges tell: how many migrations the database has had, and how many of those that the program
//! knows it has not.
//!
//! ```
//! # #[cfg(feature = "sqlx-migrations")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use sqlx::{SqlSafeStr, migrate::{Migration, MigrationType, Migrator}, sqlite::SqlitePoolOptions};
//! use tallymark::migrations::{Migrations, SqlxSource};
//!
//! // In a service: static MIGRATOR: Migrator = sqlx::migrate!();
//! let migrator = Migrator::with_migrations(vec![
//!     Migration::new(1, "orders".into(), MigrationType::Simple, "CREATE TABLE orders (id INTEGER)".into_sql_str(), false),
//! ]);
//! let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
//!
//! let migrations = Migrations::builder("main").build(SqlxSource::new(pool.clone(), &migrator))?;
//! assert_eq!(migrations.refresh().await?.pending, 1);
//!
//! migrator.run(&pool).await?;
//! // From here on a task looks once a minute, until it is dropped.
//! let task = migrations.start()?;
//! # assert_eq!(migrations.refresh().await?.applied, 1);
//! # drop(task);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "sqlx-migrations"))]
//! # fn main() {}
//! ```
//!
//! | family | type | labels | meaning |
//! |---|---|---|---|
//! | `db_migrations_applied` | gauge | `db` | migrations that the database has had |
//! | `db_migrations_pending` | gauge | `db` | migrations that the program knows and the database has not had |
//! | `db_migrations_refresh_errors_total` | counter | `db` | attempts to find out that failed |
//!
//! An alert on a schema that is behind: `max_over_time(db_migrations_pending[10m]) > 0`. What
//! [`Naming::Django`](crate::Naming::Django) changes: the gauges are `django_migrations_applied_total` and
//! `django_migrations_unapplied_total`, and their label is `connection`.
//!
//! # When is the database asked?
//!
//! When [`Migrations::refresh`] is called, and by the task that [`Migrations::start`] starts: at once, and then at an
//! [interval](MigrationsBuilder::interval). Never by a scrape, which shows the last known numbers, and never before the
//! program asks for it. Each question has a [time limit](MigrationsBuilder::timeout). While the database cannot be
//! reached, the gauges keep their last values and the errors are counted; before the first answer there are no gauges.
//! Nothing is created in the database: where there is no table of migrations yet, none were applied.
//!
//! # Where do the numbers come from?
//!
//! | migrator | feature | source |
//! |---|---|---|
#![cfg_attr(feature = "sqlx-migrations", doc = "| sqlx | `sqlx-migrations` | [`SqlxSource`] |")]
#![cfg_attr(feature = "sea-orm-migrations", doc = "| SeaORM | `sea-orm-migrations` | [`SeaOrmSource`] |")]
#![cfg_attr(feature = "diesel-migrations", doc = "| Diesel | `diesel-migrations` | [`DieselSource`] |")]
#![cfg_attr(
    feature = "refinery-migrations",
    doc = "| refinery | `refinery-migrations` | [`RefinerySource`], [`RefineryAsyncSource`] |"
)]
//! | another | `migrations` | a [`MigrationSource`] of one's own |
//!
//! # Limits
//!
//! - A migration that was applied and that the program does not know (a later version of the program ran it) counts as
//!   applied and not as pending.
//! - Checksums are not compared: a migration that was edited after it was applied is not seen. Migrators refuse to run
//!   then, and say so.
//! - Where a driver gives an error no code, "the table of migrations does not exist" is told by its English text. A
//!   server that speaks another language makes it an error that is counted, until the first migration has run.
//! - A blocking driver (Diesel, refinery with a blocking client) is asked on tokio's threads for blocking work. When it
//!   does not answer in time, its thread stays busy; it is not asked again before it has answered.

mod builder;
mod error;
mod families;
mod gauges;
mod source;
mod task;

#[cfg(any(feature = "diesel-migrations", feature = "refinery-migrations"))]
mod blocking;
#[cfg(feature = "diesel-migrations")]
mod diesel;
#[cfg(any(feature = "sqlx-migrations", feature = "diesel-migrations", feature = "refinery-migrations"))]
mod missing;
#[cfg(feature = "refinery-migrations")]
mod refinery;
#[cfg(feature = "sea-orm-migrations")]
mod sea_orm;
#[cfg(feature = "sqlx-migrations")]
mod sqlx;

pub use builder::{BuildError, MigrationsBuilder};
pub use error::RefreshError;
pub use gauges::Migrations;
pub use source::{MigrationSource, MigrationStatus, SourceError};
pub use task::MigrationsTask;

#[cfg(feature = "diesel-migrations")]
pub use diesel::DieselSource;
#[cfg(feature = "refinery-migrations")]
pub use refinery::{RefineryAsyncSource, RefinerySource};
#[cfg(feature = "sea-orm-migrations")]
pub use sea_orm::SeaOrmSource;
#[cfg(feature = "sqlx-migrations")]
pub use sqlx::SqlxSource;
