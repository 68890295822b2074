//! Applied and pending migrations of databases.
//!
//! # Is the schema what this program expects?
//!
//! A program that was rolled out before its migrations, or beside a migration that failed, runs against a schema it was
//! not written for. Two gauges show it: how many migrations the database has had, and how many of those that the program
//! knows it has not.
//!
//! The packages for migrators have a source each: `tallymark-sqlx`, `tallymark-sea-orm`, `tallymark-diesel` and
//! `tallymark-refinery`. A [`MigrationSource`] of one's own is for others:
//!
//! ```
//! use tallymark_db::migrations::{MigrationSource, MigrationStatus, Migrations, SourceError};
//!
//! struct Store;
//!
//! impl MigrationSource for Store {
//!     async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
//!         Ok(MigrationStatus::compare(&["0001_orders", "0002_lines"], ["0001_orders"]))
//!     }
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let migrations = Migrations::builder("main").build(Store)?;
//!     assert_eq!(migrations.refresh().await?.pending, 1);
//!     // From here on a task looks once a minute, until it is dropped.
//!     let task = migrations.start()?;
//!     drop(task);
//!     Ok(())
//! }
//! ```
//!
//! | family | type | labels | meaning |
//! |---|---|---|---|
//! | `db_migrations_applied` | gauge | `db` | migrations that the database has had |
//! | `db_migrations_pending` | gauge | `db` | migrations that the program knows and the database has not had |
//! | `db_migrations_refresh_errors_total` | counter | `db` | attempts to find out that failed |
//!
//! An alert on a schema that is behind: `max_over_time(db_migrations_pending[10m]) > 0`. What
//! [`Naming::Django`](tallymark_core::Naming::Django) changes: the gauges are `django_migrations_applied_total` and
//! `django_migrations_unapplied_total`, and their label is `connection`.
//!
//! # When is the database queried?
//!
//! When [`Migrations::refresh`] is called, and by the task that [`Migrations::start`] starts: at once, and then at an
//! [interval](MigrationsBuilder::interval). Never by a scrape, which shows the last known numbers, and never before the
//! program asks for it. Each query has a [time limit](MigrationsBuilder::timeout). While the database cannot be
//! reached, the gauges keep their last values and the errors are counted; before the first result there are no gauges.
//! Nothing is created in the database: where there is no table of migrations yet, none were applied.
//!
//! # Limits
//!
//! - A migration that was applied and that the program does not know (a later version of the program ran it) counts as
//!   applied and not as pending.
//! - Checksums are not compared: a migration that was edited after it was applied is not seen. Migrators refuse to run
//!   then, and say so.
//! - Where a driver gives an error no code, "the table of migrations does not exist" is known by its English text. A
//!   server that speaks another language makes it an error that is counted, until the first migration has run.
//! - A blocking driver (Diesel, refinery with a blocking client) is called on tokio's threads for blocking work. When it
//!   does not return in time, its thread stays busy; it is not called again before it has returned.

mod blocking;
mod builder;
mod error;
mod families;
mod gauges;
mod missing;
mod source;
mod task;

pub use blocking::BlockingQuery;
pub use builder::MigrationsBuilder;
pub use error::RefreshError;
pub use gauges::Migrations;
pub use missing::is_missing_table;
pub use source::{MigrationSource, MigrationStatus, SourceError};
pub use task::MigrationsTask;
