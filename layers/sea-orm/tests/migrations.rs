//! SeaORM's migrator.

#![cfg(feature = "migration")]

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use sea_orm_migration::prelude::*;
use tallymark::registry;
use tallymark_db::migrations::{MigrationStatus, RefreshError};
use tallymark_sea_orm::{Migrations, SeaOrmSource};

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

struct First;
struct Second;

macro_rules! migration {
    ($type:ident, $name:literal, $table:literal) => {
        impl MigrationName for $type {
            fn name(&self) -> &str {
                $name
            }
        }

        #[async_trait::async_trait]
        impl MigrationTrait for $type {
            async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                let column = ColumnDef::new(Alias::new("id")).integer().to_owned();
                manager.create_table(Table::create().table(Alias::new($table)).col(column).to_owned()).await
            }

            async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
                manager.drop_table(Table::drop().table(Alias::new($table)).to_owned()).await
            }
        }
    };
}

migration!(First, "m0001_first", "a");
migration!(Second, "m0002_second", "b");

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(First), Box::new(Second)]
    }
}

async fn database() -> DatabaseConnection {
    let options = ConnectOptions::new("sqlite::memory:").max_connections(1).to_owned();
    Database::connect(options).await.expect("a database in memory")
}

#[tokio::test]
async fn a_database_is_followed_up_and_down_without_being_changed() {
    let database = database().await;
    let source = SeaOrmSource::<Migrator>::new(database.clone());
    let migrations = Migrations::builder("sea_orm_up").build(source).expect("good settings");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(0, 2));
    assert!(!SchemaManager::new(&database).has_table("seaql_migrations").await.expect("an answer"));

    Migrator::up(&database, Some(1)).await.expect("the first");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(1, 1));
    Migrator::up(&database, None).await.expect("all");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(2, 0));
    Migrator::down(&database, None).await.expect("none");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(0, 2));
    assert_eq!(shown("sea_orm_up"), (Some(0.0), Some(2.0), Some(0.0)));
}

#[tokio::test]
async fn a_migration_of_a_later_version_is_no_error() {
    let database = database().await;
    Migrator::up(&database, None).await.expect("all");
    let later = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m0003_later', 0)";
    database
        .execute_raw(Statement::from_string(database.get_database_backend(), later))
        .await
        .expect("a row");
    let source = SeaOrmSource::<Migrator>::new(database);
    let migrations = Migrations::builder("sea_orm_later").build(source).expect("good settings");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(3, 0));
}

#[tokio::test]
async fn a_closed_connection_is_an_error() {
    let database = database().await;
    let source = SeaOrmSource::<Migrator>::new(database.clone());
    let migrations = Migrations::builder("sea_orm_down").build(source).expect("good settings");
    migrations.refresh().await.expect("an answer");
    database.close().await.expect("it is open");
    assert!(matches!(migrations.refresh().await, Err(RefreshError::Source(_))));
    assert_eq!(shown("sea_orm_down"), (Some(0.0), Some(2.0), Some(1.0)));
}
