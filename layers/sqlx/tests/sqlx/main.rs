//! sqlx on SQLite in memory.

#![cfg(feature = "sqlite")]
#![allow(dead_code, reason = "models are counted by their tables; nobody makes rows of them here")]

mod executor;
mod faults;
mod pool;
mod prepared;
mod reader;
mod rows;

use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};
use tallymark_sqlx::{CountConnections as _, Database, Instrumented};

pub(crate) type Pool = Instrumented<SqlitePool>;

pub(crate) fn database(name: &str) -> Database {
    Database::builder(name).build().expect("good settings")
}

/// A pool of one connection, whose database is gone when the pool is.
pub(crate) async fn pool(name: &str) -> Pool {
    let options = SqlitePoolOptions::new().max_connections(1).count_connections(database(name));
    let pool = options.connect("sqlite::memory:").await.expect("memory is there");
    Instrumented::new(pool, database(name))
}

/// A pool of one connection, to a database with a table of two columns.
pub(crate) async fn with_table(name: &str, table: &str) -> Pool {
    let pool = pool(name).await;
    let sql = format!("CREATE TABLE {table} (id INTEGER PRIMARY KEY, note TEXT NOT NULL)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.expect("a new table");
    pool
}
