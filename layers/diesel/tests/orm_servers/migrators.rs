//! Migrations of Diesel and refinery on PostgreSQL.

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
use tallymark::migrations::{DieselSource, MigrationStatus, Migrations, RefineryAsyncSource};

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

async fn client(url: String) -> std::result::Result<Box<tokio_postgres::Client>, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(Box::new(client))
}

fn refinery_runner() -> refinery::Runner {
    let migration = |name, sql| refinery::Migration::unapplied(name, sql).expect("a good name");
    refinery::Runner::new(&[
        migration("V1__first", "CREATE TABLE orm_refinery_a (id INTEGER)"),
        migration("V2__second", "CREATE TABLE orm_refinery_b (id INTEGER)"),
    ])
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn migrations_of_refinery_are_followed_by_an_async_client() {
    let db = "servers_refinery";
    let url = shared("TALLYMARK_TEST_POSTGRES");
    let address = url.clone();
    let source = RefineryAsyncSource::new(move || client(address.clone()), refinery_runner());
    let migrations = Migrations::builder(db).build(source).expect("good settings");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(0, 2));
    let mut migrator = client(url).await.expect("a connection");
    let exists = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
    let row = migrator.query_one(exists, &[]).await.expect("an answer");
    assert!(!row.get::<_, bool>(0), "asking must not create it");

    let first = refinery_runner().set_target(refinery::Target::Version(1));
    first.run_async(&mut *migrator).await.expect("the first");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(1, 1));
    refinery_runner().run_async(&mut *migrator).await.expect("all");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(2, 0));
    assert_quiet(db);
}
