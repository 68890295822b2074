//! sqlx' migrator.

#![cfg(all(feature = "migrate", feature = "sqlite"))]

use sqlx::{
    Executor, Pool, SqlSafeStr, Sqlite,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::time::Duration;
use tallymark::registry;
use tallymark_db::migrations::{MigrationStatus, RefreshError};
use tallymark_sqlx::{Migrations, SqlxSource};

/// The three numbers of a database: applied, pending, errors.
fn shown(db: &str) -> (Option<f64>, Option<f64>, Option<f64>) {
    let snapshot = registry::snapshot();
    let value = |name| snapshot.value(name, &[("db", db)]);
    (
        value("db_migrations_applied"),
        value("db_migrations_pending"),
        value("db_migrations_refresh_errors_total"),
    )
}

/// A file for a database, removed with the directory when the test ends.
struct File(std::path::PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tallymark-{name}-{}.sqlite", std::process::id()));
        // A process with this number may have left one behind.
        drop(std::fs::remove_file(&path));
        Self(path)
    }

    fn path(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

fn migration(version: i64, kind: MigrationType, sql: &'static str) -> Migration {
    Migration::new(version, "a change".into(), kind, sql.into_sql_str(), false)
}

fn migrator() -> Migrator {
    Migrator::with_migrations(vec![
        migration(1, MigrationType::ReversibleUp, "CREATE TABLE a (id INTEGER)"),
        migration(1, MigrationType::ReversibleDown, "DROP TABLE a"),
        migration(2, MigrationType::ReversibleUp, "CREATE TABLE b (id INTEGER)"),
        migration(2, MigrationType::ReversibleDown, "DROP TABLE b"),
    ])
}

async fn pool() -> Pool<Sqlite> {
    SqlitePoolOptions::new()
        .max_connections(1)
        .connect("sqlite::memory:")
        .await
        .expect("a database in memory")
}

#[tokio::test]
async fn a_database_is_followed_up_and_down_without_being_changed() {
    let (pool, migrator) = (pool().await, migrator());
    let source = SqlxSource::new(pool.clone(), &migrator);
    let migrations = Migrations::builder("sqlx_up").build(source).expect("good settings");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(0, 2));
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&pool).await.expect("a count");
    assert_eq!(tables, 0, "asking must not create anything");

    migrator.run_to(1, &pool).await.expect("the first");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(1, 1));
    migrator.run(&pool).await.expect("all");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(2, 0));
    migrator.undo(&pool, 0).await.expect("none");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(0, 2));
    assert_eq!(shown("sqlx_up"), (Some(0.0), Some(2.0), Some(0.0)));
}

#[tokio::test]
async fn half_a_migration_is_pending_and_an_unknown_one_is_applied() {
    let (pool, migrator) = (pool().await, migrator());
    migrator.run(&pool).await.expect("all");
    pool.execute("UPDATE _sqlx_migrations SET success = false WHERE version = 2").await.expect("a row");
    pool.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (77, 'of a later version', true, x'00', 0)",
    )
    .await
    .expect("a row");
    let source = SqlxSource::new(pool, &migrator);
    let migrations = Migrations::builder("sqlx_half").build(source).expect("good settings");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(2, 1));
}

#[tokio::test]
async fn a_table_of_another_name_is_read() {
    let (pool, mut migrator) = (pool().await, migrator());
    migrator.dangerous_set_table_name("schema_history");
    migrator.run(&pool).await.expect("all");
    let source = SqlxSource::new(pool, &migrator).table("schema_history");
    let migrations = Migrations::builder("sqlx_table").build(source).expect("good settings");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(2, 0));
}

#[tokio::test]
async fn an_exhausted_pool_and_a_closed_one_are_errors() {
    let (pool, migrator) = (pool().await, migrator());
    let source = || SqlxSource::new(pool.clone(), &migrator);
    let migrations = Migrations::builder("sqlx_down").build(source()).expect("good settings");
    migrations.refresh().await.expect("an answer");
    let impatient = Migrations::builder("sqlx_down").timeout(Duration::from_millis(20));
    let impatient = impatient.build(source()).expect("good settings");
    let taken = pool.acquire().await.expect("the only connection");
    assert!(matches!(impatient.refresh().await, Err(RefreshError::Timeout(_))));
    drop(taken);
    pool.close().await;
    assert!(matches!(migrations.refresh().await, Err(RefreshError::Source(_))));
    assert_eq!(shown("sqlx_down"), (Some(0.0), Some(2.0), Some(2.0)));
}

#[tokio::test]
async fn a_table_with_other_columns_is_an_error_and_not_an_empty_one() {
    let file = File::new("sqlx-columns");
    let options = SqliteConnectOptions::new().filename(file.path()).create_if_missing(true);
    let pool = SqlitePoolOptions::new().connect_with(options).await.expect("a file");
    pool.execute("CREATE TABLE _sqlx_migrations (id INTEGER)").await.expect("a table");
    let source = SqlxSource::new(pool.clone(), &migrator());
    let migrations = Migrations::builder("sqlx_columns").build(source).expect("good settings");
    assert!(matches!(migrations.refresh().await, Err(RefreshError::Source(_))));
    assert_eq!(shown("sqlx_columns"), (None, None, Some(1.0)));
    pool.close().await;
}
