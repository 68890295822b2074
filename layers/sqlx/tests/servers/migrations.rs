//! Migrations of sqlx on databases that can go away.

use crate::{
    assert_no_secret,
    server::{Server, shared},
};
use sqlx::{
    Pool, SqlSafeStr,
    migrate::{Migrate, Migration, MigrationType, Migrator as SqlxMigrator},
    pool::PoolOptions,
};
use std::time::Duration;
use tallymark::registry;
use tallymark_db::migrations::MigrationStatus;
use tallymark_sqlx::{Migrations, SqlxSource};

fn migrator(table: &'static str) -> SqlxMigrator {
    let create = |version, sql: &'static str| {
        Migration::new(version, "a change".into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    let mut migrator = SqlxMigrator::with_migrations(vec![
        create(1, "CREATE TABLE orm_migrated_a (id INTEGER)"),
        create(2, "CREATE TABLE orm_migrated_b (id INTEGER)"),
    ]);
    migrator.dangerous_set_table_name(table);
    migrator
}

/// Follows a database that has had no migrations through all of them.
async fn followed<DB: sqlx::Database>(db: &'static str, pool: Pool<DB>, table: &'static str)
where
    DB::Connection: Migrate,
{
    let migrator = migrator(table);
    let source = SqlxSource::new(pool.clone(), &migrator).table(table);
    let migrations = Migrations::builder(db).build(source).expect("good settings");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(0, 2));
    let mut connection = pool.acquire().await.expect("a connection");
    connection.list_applied_migrations(table).await.expect_err("asking has created nothing");
    migrator.run_direct(Some(1), &mut *connection, false).await.expect("the first");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(1, 1));
    migrator.run_direct(None, &mut *connection, false).await.expect("all");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(2, 0));
    assert_no_secret();
}

#[tokio::test]
#[ignore = "needs PostgreSQL and MariaDB"]
async fn migrations_of_sqlx_are_followed() {
    let postgres = PoolOptions::<sqlx::Postgres>::new().connect(&shared("TALLYMARK_TEST_POSTGRES")).await;
    followed("servers_sqlx_postgres", postgres.expect("a connection"), "orm_sqlx_history").await;
    let mysql = PoolOptions::<sqlx::MySql>::new().connect(&shared("TALLYMARK_TEST_MYSQL")).await;
    followed("servers_sqlx_mysql", mysql.expect("a connection"), "orm_sqlx_history").await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_database_that_is_down_leaves_the_last_value_and_counts() {
    let server = Server::start("postgres");
    let options = PoolOptions::<sqlx::Postgres>::new().acquire_timeout(Duration::from_secs(2));
    let pool = options.connect(&server.url).await.expect("a connection");
    let migrator = migrator("orm_history");
    let source = SqlxSource::new(pool, &migrator).table("orm_history");
    let migrations = Migrations::builder("servers_down").build(source).expect("good settings");
    migrations.refresh().await.expect("an answer");
    let shown = || {
        let snapshot = registry::snapshot();
        let value = |name| snapshot.value(name, &[("db", "servers_down")]);
        (value("db_migrations_pending"), value("db_migrations_refresh_errors_total"))
    };
    server.kill();
    migrations.refresh().await.expect_err("it is down");
    assert_eq!(shown(), (Some(2.0), Some(1.0)));
    server.restart();
    migrations.refresh().await.expect("it is up again");
    assert_eq!(shown(), (Some(2.0), Some(1.0)));
    assert_no_secret();
}
