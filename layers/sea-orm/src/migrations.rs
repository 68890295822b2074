//! Migrations of SeaORM.

use std::{fmt, marker::PhantomData};

use sea_orm_migration::{
    MigratorTrait, SchemaManager,
    sea_orm::{ConnectionTrait, DatabaseConnection, DbErr},
    sea_query::{Alias, Query},
};

use tallymark_db::migrations::{MigrationSource, MigrationStatus, SourceError};

/// The migrations of a [`MigratorTrait`](sea_orm_migration::MigratorTrait), and those in the table that it keeps.
///
/// The table is only read.
///
/// ```no_run
/// # async fn example<Migrator: sea_orm_migration::MigratorTrait + 'static>(
/// #     database: sea_orm::DatabaseConnection,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use tallymark_sea_orm::{Migrations, SeaOrmSource};
///
/// let migrations = Migrations::builder("main").build(SeaOrmSource::<Migrator>::new(database))?;
/// let task = migrations.start()?;
/// # task.forget();
/// # Ok(())
/// # }
/// ```
pub struct SeaOrmSource<M> {
    database: DatabaseConnection,
    known: Vec<String>,
    migrator: PhantomData<fn() -> M>,
}

impl<M: MigratorTrait + 'static> SeaOrmSource<M> {
    /// The migrations of `M`, in this database.
    pub fn new(database: DatabaseConnection) -> Self {
        let known = M::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        Self { database, known, migrator: PhantomData }
    }

    /// The migrator's own functions would do, were it not an error for them that a later version of the program has
    /// applied a migration which this one does not know.
    async fn applied(&self) -> Result<Vec<String>, DbErr> {
        let query = Query::select().column(Alias::new("version")).from(M::migration_table_name()).to_owned();
        let rows = match self.database.query_all(&query).await {
            Ok(rows) => rows,
            Err(error) => {
                let manager = SchemaManager::new(&self.database);
                return match manager.has_table(M::migration_table_name().to_string()).await {
                    Ok(false) => Ok(Vec::new()),
                    Ok(true) | Err(_) => Err(error),
                };
            }
        };
        rows.into_iter().map(|row| row.try_get("", "version")).collect()
    }
}

impl<M: MigratorTrait + 'static> MigrationSource for SeaOrmSource<M> {
    async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
        Ok(MigrationStatus::compare(&self.known, self.applied().await?))
    }
}

impl<M> fmt::Debug for SeaOrmSource<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeaOrmSource").field("known", &self.known).finish_non_exhaustive()
    }
}
