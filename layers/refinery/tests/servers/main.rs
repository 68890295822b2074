//! Migrations of refinery on PostgreSQL. `bash tests/servers/run.sh refinery` starts it.

use std::env;
use tallymark_refinery::{MigrationStatus, Migrations, RefineryAsyncSource};

/// The address of a server that all tests share.
fn shared(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: bash tests/servers/run.sh refinery"))
}

/// No address with its password is shown.
fn assert_quiet() {
    let text = tallymark::encode_to_string(tallymark::registry::Format::Text004);
    assert!(!text.contains("secret") && !text.contains("127.0.0.1"), "{text}");
}

async fn client(url: String) -> Result<Box<tokio_postgres::Client>, tokio_postgres::Error> {
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
    assert_quiet();
}
