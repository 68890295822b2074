//! diesel-async on PostgreSQL.

use crate::{
    assert_quiet, database, errors, rows,
    server::{Server, shared},
};
use diesel::{ExpressionMethods as _, result::Error, sql_query};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl as _};
use tallymark::ModelMetrics;
use tallymark_diesel::{AsyncCountedDsl as _, Vendor, observe_async};

mod orm_written {
    diesel::table! {
        orm_written (id) {
            id -> Integer,
            label -> Text,
        }
    }
}

use orm_written::orm_written::dsl::{label, orm_written as table};

#[derive(ModelMetrics)]
#[model(name = "orm_written")]
#[expect(dead_code, reason = "stands for the table")]
struct Written;

const CREATE: &str = "CREATE TABLE orm_written (id SERIAL PRIMARY KEY, label TEXT NOT NULL UNIQUE)";

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn rows_transactions_and_errors() {
    let db = "servers_diesel";
    let mut connection =
        AsyncPgConnection::establish(&shared("TALLYMARK_TEST_POSTGRES")).await.expect("a connection");
    observe_async(&mut connection, database(db, Vendor::Postgresql));
    let connection = &mut connection;
    sql_query(CREATE).execute(connection).await.expect("a table");
    let list = vec![label.eq("a"), label.eq("b"), label.eq("c")];
    assert_eq!(diesel::insert_into(table).values(list).execute_counted(connection).await, Ok(3));
    let back: Vec<(i32, String)> = diesel::delete(table).load_counted(connection).await.expect("rows");
    assert_eq!(back.len(), 3);
    assert_eq!(rows("orm_written"), (3, 0, 3));

    let committed = connection.transaction(async |connection| {
        diesel::insert_into(table).values(label.eq("d")).execute_counted(connection).await?;
        let inner = connection.transaction(async |connection| {
            diesel::insert_into(table).values(label.eq("e")).execute_counted(connection).await?;
            diesel::insert_into(table).values(label.eq("d")).execute_counted(connection).await
        });
        inner.await.expect_err("there is a `d`");
        assert_eq!(rows("orm_written"), (3, 0, 3));
        Ok::<_, Error>(())
    });
    committed.await.expect("a commit");
    assert_eq!(rows("orm_written"), (4, 0, 3));
    assert_eq!(errors(db, "postgresql", "unique"), 1);
    let rolled_back = connection.transaction(async |connection| {
        diesel::update(table).set(label.eq("f")).execute_counted(connection).await?;
        Err::<(), _>(Error::RollbackTransaction)
    });
    rolled_back.await.expect_err("as asked for");
    assert_eq!(rows("orm_written"), (4, 0, 3));
    assert_quiet(db);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_server_that_is_killed_in_a_transaction() {
    let db = "servers_diesel_killed";
    let server = Server::start("postgres");
    let mut connection = AsyncPgConnection::establish(&server.url).await.expect("a connection");
    observe_async(&mut connection, database(db, Vendor::Postgresql));
    sql_query("CREATE TABLE orm_killed (id INTEGER)").execute(&mut connection).await.expect("a table");
    sql_query("BEGIN").execute(&mut connection).await.expect("a transaction");
    sql_query("INSERT INTO orm_killed VALUES (1)").execute_counted(&mut connection).await.expect("a row");
    server.kill();
    sql_query("INSERT INTO orm_killed VALUES (2)")
        .execute_counted(&mut connection)
        .await
        .expect_err("it is gone");
    sql_query("COMMIT").execute(&mut connection).await.expect_err("it is gone");
    drop(connection);
    assert_eq!(rows("orm_killed"), (0, 0, 0));
    let all: u64 = ["connection", "other"].iter().map(|error| errors(db, "postgresql", error)).sum();
    assert_eq!(all, 2);
    assert_quiet(db);
}

#[derive(ModelMetrics)]
#[model(name = "orm_killed")]
#[expect(dead_code, reason = "stands for the table")]
struct Killed;
