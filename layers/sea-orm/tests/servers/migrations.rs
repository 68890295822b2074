//! Migrations of SeaORM on PostgreSQL and MariaDB.

use crate::server::shared;
use sea_orm::Database;
use sea_orm_migration::prelude::*;
use tallymark_db::migrations::MigrationStatus;
use tallymark_sea_orm::{Migrations, SeaOrmSource};

struct First;

impl MigrationName for First {
    fn name(&self) -> &'static str {
        "m0001_first"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for First {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new(Alias::new("id")).integer().to_owned();
        manager.create_table(Table::create().table(Alias::new("orm_migrated_c")).col(column).to_owned()).await
    }
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(First)]
    }

    fn migration_table_name() -> DynIden {
        Alias::new("orm_sea_history").into_iden()
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL and MariaDB"]
async fn migrations_of_sea_orm_are_followed() {
    for variable in ["TALLYMARK_TEST_POSTGRES", "TALLYMARK_TEST_MYSQL"] {
        let database = Database::connect(shared(variable)).await.expect("a connection");
        let source = SeaOrmSource::<Migrator>::new(database.clone());
        let migrations = Migrations::builder(variable).build(source).expect("good settings");
        assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(0, 1));
        Migrator::up(&database, None).await.expect("all");
        assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(1, 0));
    }
}
