//! Migrations of Diesel.

use std::{fmt, ops::DerefMut};

use diesel::{
    RunQueryDsl, backend::Backend, connection::LoadConnection, query_builder::SqlQuery, query_dsl::LoadQuery,
    sql_query, sql_types::Text,
};

use tallymark_db::migrations::{
    BlockingQuery, MigrationSource, MigrationStatus, RefreshError, SourceError, is_missing_table,
};

/// One row of the table that Diesel keeps. Of interest only as the type that bounds name.
#[derive(Debug, diesel::QueryableByName)]
#[doc(hidden)]
pub struct AppliedVersion {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The migrations of a [`MigrationSource`](diesel::migration::MigrationSource) of Diesel, such as what
/// `embed_migrations!` makes, and those in the table that Diesel keeps.
///
/// The table is only read: `diesel_migrations` itself would create it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use diesel::{Connection, ConnectionError, SqliteConnection};
/// use tallymark_diesel::{DieselSource, Migrations};
/// # use diesel::{migration::{Migration, MigrationSource, Result as MigrationResult}, sqlite::Sqlite};
/// # struct Embedded;
/// # impl MigrationSource<Sqlite> for Embedded {
/// #     fn migrations(&self) -> MigrationResult<Vec<Box<dyn Migration<Sqlite>>>> { Ok(Vec::new()) }
/// # }
/// # const MIGRATIONS: Embedded = Embedded;
///
/// // In a service: const MIGRATIONS: EmbeddedMigrations = embed_migrations!();
/// let connect = || SqliteConnection::establish(":memory:").map(Box::new);
/// let source = DieselSource::new(connect, &MIGRATIONS)?;
/// let migrations = Migrations::builder("main").build(source)?;
/// assert_eq!(migrations.refresh().await?.pending, 0);
/// # Ok(())
/// # }
/// ```
pub struct DieselSource {
    query: BlockingQuery,
}

impl DieselSource {
    /// Makes a source. `connect` is called for each query, on a thread that may block. It returns a connection of a pool, or a `Box`
    /// around a plain one.
    ///
    /// # Errors
    ///
    /// If the migrations that the program knows cannot be listed.
    pub fn new<F, P, E, DB>(
        mut connect: F,
        migrations: &impl diesel::migration::MigrationSource<DB>,
    ) -> Result<Self, RefreshError>
    where
        F: FnMut() -> Result<P, E> + Send + 'static,
        P: DerefMut,
        P::Target: LoadConnection<Backend = DB> + Sized,
        E: Into<SourceError>,
        DB: Backend,
        for<'query> SqlQuery: LoadQuery<'query, P::Target, AppliedVersion>,
    {
        let migrations = migrations.migrations().map_err(RefreshError::Source)?;
        let known: Vec<String> =
            migrations.iter().map(|migration| migration.name().version().to_string()).collect();
        let source = BlockingQuery::new(move || {
            let mut connection = connect().map_err(Into::into)?;
            let query = sql_query("SELECT version FROM __diesel_schema_migrations");
            let applied: Vec<AppliedVersion> = match query.load(&mut *connection) {
                Ok(applied) => applied,
                Err(error) if is_missing_table(&error) => Vec::new(),
                Err(error) => return Err(error.into()),
            };
            Ok(MigrationStatus::compare(&known, applied.into_iter().map(|row| row.version)))
        });
        Ok(Self { query: source })
    }
}

impl MigrationSource for DieselSource {
    async fn status(&mut self) -> Result<MigrationStatus, SourceError> {
        self.query.run().await
    }
}

impl fmt::Debug for DieselSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DieselSource").finish_non_exhaustive()
    }
}
