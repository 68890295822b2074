//! Migrations of sqlx.

use sqlx::{
    Database, Pool,
    migrate::{Migrate, MigrateError, Migrator},
};

use tallymark_db::migrations::{MigrationSource, MigrationStatus, SourceError, is_missing_table};

/// SQLSTATE of "there is no such table": PostgreSQL's `undefined_table`, and what MySQL and MariaDB say.
const NO_TABLE: [&str; 2] = ["42P01", "42S02"];

/// The migrations of a [`Migrator`](sqlx::migrate::Migrator), and those in the table that it keeps.
///
/// A migration that was applied in part (which takes a database that cannot roll back a change of its schema) counts
/// as pending. Nothing is created or locked.
#[derive(Debug)]
pub struct SqlxSource<DB: Database> {
    pool: Pool<DB>,
    known: Vec<i64>,
    table: String,
}

impl<DB: Database> SqlxSource<DB>
where
    DB::Connection: Migrate,
{
    /// What the migrator knows is copied: it need not live on.
    pub fn new(pool: Pool<DB>, migrator: &Migrator) -> Self {
        let up = migrator.iter().filter(|migration| !migration.migration_type.is_down_migration());
        let known = up.map(|migration| migration.version).collect();
        Self { pool, known, table: "_sqlx_migrations".to_owned() }
    }

    /// The table that sqlx keeps, if it was given another name.
    #[must_use]
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.table = name.into();
        self
    }
}

impl<DB: Database> MigrationSource for SqlxSource<DB>
where
    DB::Connection: Migrate,
{
    async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
        let mut connection = self.pool.acquire().await?;
        let listed = connection.list_applied_migrations(&self.table).await;
        let mut applied: Vec<i64> = match listed {
            Ok(applied) => applied.into_iter().map(|migration| migration.version).collect(),
            Err(error) if has_no_table(&error) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        if !applied.is_empty()
            && let Some(dirty) = connection.dirty_version(&self.table).await?
        {
            applied.retain(|version| *version != dirty);
        }
        Ok(MigrationStatus::compare(&self.known, applied))
    }
}

fn has_no_table(error: &MigrateError) -> bool {
    let MigrateError::Execute(sqlx::Error::Database(database)) = error else { return false };
    database.code().is_some_and(|code| NO_TABLE.contains(&&*code)) || is_missing_table(error)
}
