//! Migrations of Diesel on PostgreSQL.

use crate::{assert_quiet, server::shared};
use diesel::{
    Connection as _,
    connection::BoxableConnection,
    migration::{Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion, Result},
    pg::Pg,
};
use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use diesel_migrations::MigrationHarness as _;
use std::fmt;
use tallymark_db::migrations::MigrationStatus;
use tallymark_diesel::{DieselSource, Migrations};

type Blocking = AsyncConnectionWrapper<AsyncPgConnection>;

/// One statement with a version.
struct Change(&'static str, &'static str);

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl MigrationName for Change {
    fn version(&self) -> MigrationVersion<'_> {
        self.0.into()
    }
}

impl MigrationMetadata for Change {}

impl Migration<Pg> for Change {
    fn run(&self, connection: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        Ok(connection.batch_execute(self.1)?)
    }

    fn revert(&self, _: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        Err("there is no way back".into())
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self
    }
}

struct Changes;

impl MigrationSource<Pg> for Changes {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<Pg>>>> {
        Ok(vec![
            Box::new(Change("20260101", "CREATE TABLE orm_diesel_a (id INTEGER)")),
            Box::new(Change("20260102", "CREATE TABLE orm_diesel_b (id INTEGER)")),
        ])
    }
}

/// Runs Diesel's own migrator, which blocks.
async fn migrate(run: impl FnOnce(&mut Blocking) -> Result<()> + Send + 'static) {
    let url = shared("TALLYMARK_TEST_POSTGRES");
    let ran = tokio::task::spawn_blocking(move || {
        run(&mut Blocking::establish(&url).expect("a connection")).map_err(|error| error.to_string())
    });
    ran.await.expect("no panic").expect("a migration");
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn migrations_of_diesel_are_followed() {
    let db = "servers_diesel_migrations";
    let url = shared("TALLYMARK_TEST_POSTGRES");
    let connect = move || Blocking::establish(&url).map(Box::new);
    let source = DieselSource::new(connect, &Changes).expect("a list");
    let migrations = Migrations::builder(db).build(source).expect("good settings");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(0, 2));
    migrate(|connection| connection.run_next_migration(Changes).map(drop)).await;
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(1, 1));
    migrate(|connection| connection.run_pending_migrations(Changes).map(drop)).await;
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(2, 0));
    assert_quiet(db);
}
