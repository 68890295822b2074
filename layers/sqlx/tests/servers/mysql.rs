//! MariaDB.

use crate::{assert_no_secret, counter, database, rows, uncounted, url};
use sqlx::{MySqlPool, mysql::MySqlPoolOptions};
use tallymark::ModelMetrics;
use tallymark_sqlx::{Instrumented, Vendor};

#[derive(ModelMetrics)]
#[model(table = "my_things")]
struct MyThing;

#[tokio::test]
#[ignore = "needs MariaDB"]
async fn rows_are_those_that_the_server_tells() {
    let options = MySqlPoolOptions::new().max_connections(1);
    let pool: MySqlPool = options.connect(&url("TALLYMARK_TEST_MYSQL")).await.expect("a server");
    let pool = Instrumented::new(pool, database("my_rows", Vendor::Mysql));
    let create = "DROP TABLE IF EXISTS my_things; CREATE TABLE my_things (id INT PRIMARY KEY, note TEXT)";
    sqlx::raw_sql(create).execute(&pool).await.expect("a new table");
    let run = async |sql: &'static str| {
        sqlx::query(sql).execute(&pool).await.expect("it is right");
        rows("my_thing")
    };
    assert_eq!(run("INSERT INTO `my_things` VALUES (1, 'a'), (2, 'a')").await, [2, 0, 0]);
    let upsert =
        "INSERT INTO my_things VALUES (2, 'b'), (3, 'b') ON DUPLICATE KEY UPDATE note = VALUES(note)";
    assert_eq!(run(upsert).await, [2, 1, 0], "2 is an update, and 1 an insert or nothing");
    assert_eq!(uncounted("my_rows", "mixed"), 1);
    assert_eq!(run("REPLACE INTO my_things VALUES (3, 'c'), (4, 'c')").await, [4, 1, 1]);
    assert_eq!(run("DELETE FROM my_things WHERE id < 3").await, [4, 1, 3]);

    let text = "INSERT INTO my_things VALUES (7, 'd'); INSERT INTO my_things VALUES (7, 'd')";
    assert!(sqlx::raw_sql(text).execute(&pool).await.is_err());
    assert_eq!(rows("my_thing"), [5, 1, 3], "the first statement stays");
    let labels = [("db", "my_rows"), ("vendor", "mysql"), ("error", "unique")];
    assert_eq!(counter("db_errors_total", &labels), 1);

    let mut transaction = pool.begin().await.expect("none is open");
    sqlx::query("DELETE FROM my_things").execute(&mut *transaction).await.expect("some rows");
    drop(transaction);
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM my_things").fetch_one(&pool).await.expect("a row");
    assert_eq!((left, rows("my_thing")), (3, [5, 1, 3]), "dropped without a commit");
    assert_no_secret();
}
