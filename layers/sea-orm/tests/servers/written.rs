//! SeaORM on PostgreSQL and MariaDB.

use crate::{
    assert_quiet, database, errors, rows,
    server::{Server, shared},
};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait as _, Database, EntityTrait as _, TransactionTrait as _,
    sea_query::OnConflict,
};
use tallymark_sea_orm::{InstrumentedDatabaseConnection, Vendor};

macro_rules! entity {
    ($module:ident, $name:literal) => {
        mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tallymark::ModelMetrics)]
            #[sea_orm(table_name = $name)]
            #[model(name = $name)]
            pub(super) struct Model {
                #[sea_orm(primary_key)]
                pub(super) id: i32,
                pub(super) label: String,
            }

            #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
            pub(super) enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

entity!(postgres, "orm_sea_postgres");
entity!(mysql, "orm_sea_mysql");

async fn connect(db: &'static str, vendor: Vendor, url: &str) -> InstrumentedDatabaseConnection {
    InstrumentedDatabaseConnection::new(
        Database::connect(url).await.expect("a connection"),
        database(db, vendor),
    )
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn rows_and_transactions_on_postgresql() {
    use postgres::{ActiveModel, Column, Entity};
    let db = "servers_sea_postgres";
    let connection = connect(db, Vendor::Postgresql, &shared("TALLYMARK_TEST_POSTGRES")).await;
    let create = "CREATE TABLE orm_sea_postgres (id SERIAL PRIMARY KEY, label TEXT NOT NULL UNIQUE)";
    connection.execute_unprepared(create).await.expect("a table");
    let new = |label: &str| ActiveModel { label: Set(label.to_owned()), ..Default::default() };
    Entity::insert_many(["a", "b"].map(new)).exec(&connection).await.expect("rows");
    Entity::insert_many(["c", "d"].map(new)).exec_with_returning(&connection).await.expect("rows");
    let deleted = Entity::delete_many().exec_with_returning(&connection).await.expect("rows");
    assert_eq!(deleted.len(), 4);
    let inserted = rows("orm_sea_postgres");
    // A list with `RETURNING` of which SeaORM reads the last identifier only comes back as a whole.
    assert_eq!(inserted, (4, 0, 4));

    let transaction = connection.begin().await.expect("a transaction");
    Entity::insert(new("e")).exec(&transaction).await.expect("a row");
    Entity::insert(new("e")).exec(&transaction).await.expect_err("there is an `e`");
    // The database takes nothing more, and turns the commit into a rollback.
    drop(transaction.commit().await);
    assert_eq!(rows("orm_sea_postgres"), (4, 0, 4));
    assert_eq!(errors(db, "postgresql", "unique"), 1);
    let update = OnConflict::column(Column::Label).update_column(Column::Label).to_owned();
    Entity::insert(new("f")).on_conflict(update).exec_without_returning(&connection).await.expect("a row");
    assert_eq!(rows("orm_sea_postgres"), (4, 0, 4), "the server does not say what it did");
    assert_quiet(db);
}

#[tokio::test]
#[ignore = "needs MariaDB"]
async fn rows_and_transactions_on_mariadb() {
    use mysql::{ActiveModel, Column, Entity};
    let db = "servers_sea_mysql";
    let connection = connect(db, Vendor::Mysql, &shared("TALLYMARK_TEST_MYSQL")).await;
    let create =
        "CREATE TABLE orm_sea_mysql (id INTEGER AUTO_INCREMENT PRIMARY KEY, label VARCHAR(99) NOT NULL)";
    connection.execute_unprepared(create).await.expect("a table");
    let row = |id: i32, label: &str| ActiveModel { id: Set(id), label: Set(label.to_owned()) };
    Entity::insert_many([row(1, "a"), row(2, "b")]).exec(&connection).await.expect("rows");
    assert_eq!(rows("orm_sea_mysql"), (2, 0, 0));
    // MariaDB reports 2 for a row that was there and changed, and 1 for one that is new, or was there and is the same.
    let update = OnConflict::column(Column::Id).update_column(Column::Label).to_owned();
    let upsert = Entity::insert_many([row(2, "c"), row(3, "d")]).on_conflict(update);
    upsert.exec_without_returning(&connection).await.expect("rows");
    assert_eq!(rows("orm_sea_mysql"), (2, 1, 0));
    let transaction = connection.begin().await.expect("a transaction");
    Entity::delete_many().exec(&transaction).await.expect("rows");
    transaction.rollback().await.expect("a rollback");
    assert_eq!(rows("orm_sea_mysql"), (2, 1, 0));
    Entity::delete_many().exec(&connection).await.expect("rows");
    assert_eq!(rows("orm_sea_mysql"), (2, 1, 3));
    assert_quiet(db);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_server_that_is_killed_in_a_transaction() {
    let db = "servers_sea_killed";
    let server = Server::start("postgres");
    let connection = connect(db, Vendor::Postgresql, &server.url).await;
    let create = "CREATE TABLE orm_sea_killed (id SERIAL PRIMARY KEY)";
    connection.execute_unprepared(create).await.expect("a table");
    let insert = "INSERT INTO orm_sea_killed DEFAULT VALUES";
    let transaction = connection.begin().await.expect("a transaction");
    transaction.execute_unprepared(insert).await.expect("a row");
    server.kill();
    transaction.execute_unprepared(insert).await.expect_err("it is gone");
    transaction.commit().await.expect_err("it is gone");
    assert_eq!(rows("orm_sea_killed"), (0, 0, 0));
    assert_eq!(errors(db, "postgresql", "connection"), 2);
    server.restart();
    connection.execute_unprepared(insert).await.expect("it is up again");
    assert_eq!(rows("orm_sea_killed"), (1, 0, 0));
    assert_quiet(db);
}

#[derive(tallymark::ModelMetrics)]
#[model(name = "orm_sea_killed")]
#[expect(dead_code, reason = "stands for the table")]
struct Killed;
