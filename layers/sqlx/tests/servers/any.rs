//! A pool whose database is known when the program runs.

use crate::{counter, rows, url};
use sqlx::any::AnyPoolOptions;
use tallymark::ModelMetrics;
use tallymark_sqlx::{CountConnections as _, Database, Instrumented, Vendor};

#[derive(ModelMetrics)]
#[model(table = "any_things")]
struct AnyThing;

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn rows_and_connections_are_counted() {
    sqlx::any::install_default_drivers();
    let database = Database::builder("any").build().expect("good settings");
    let options = AnyPoolOptions::new().max_connections(1).count_connections(database);
    let pool = options.connect(&url("TALLYMARK_TEST_POSTGRES")).await.expect("a server");
    let pool = Instrumented::new(pool, database);
    assert_eq!(database.vendor(), Vendor::Postgresql, "the URL says it");
    let create = "DROP TABLE IF EXISTS any_things; CREATE TABLE any_things (id INT PRIMARY KEY)";
    sqlx::raw_sql(create).execute(&pool).await.expect("a new table");
    let mut transaction = pool.begin().await.expect("none is open");
    sqlx::query("INSERT INTO any_things VALUES (1), (2)").execute(&mut *transaction).await.expect("two rows");
    assert_eq!(rows("any_thing"), [0, 0, 0]);
    transaction.commit().await.expect("nothing is in the way");
    assert_eq!(rows("any_thing"), [2, 0, 0]);
    assert_eq!(counter("db_connections_opened_total", &[("db", "any")]), 1);
}
