//! Random scripts on PostgreSQL and MariaDB: what is counted is what has changed in the tables.

use crate::{
    runner::{Killer, run},
    scripts::{Options, Vendor, scripts, seed},
    url,
};
use sqlx::{Pool, mysql::MySqlPoolOptions, postgres::PgPoolOptions};

fn options(vendor: Vendor) -> Options {
    Options {
        vendor,
        nested: true,
        only_nested: false,
        streams: true,
        cancels: true,
        kills: true,
        sees_results: true,
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn on_postgresql() {
    let url = url("TALLYMARK_TEST_POSTGRES");
    let pool = async || PgPoolOptions::new().max_connections(1).connect(&url).await.expect("a server");
    let admin: Pool<sqlx::Postgres> = pool().await;
    let kill = |number| format!("SELECT pg_terminate_backend({number}::int)");
    let number = "SELECT pg_backend_pid()::bigint";
    let killer = Killer { admin: admin.clone(), number, kill };
    run(
        "sqlx",
        pool().await,
        admin,
        options(Vendor::Postgresql),
        "harness_pg",
        scripts(2_000),
        seed(),
        Some(killer),
    )
    .await;
}

#[tokio::test]
#[ignore = "needs MariaDB"]
async fn on_mariadb() {
    let url = url("TALLYMARK_TEST_MYSQL");
    let pool = async || MySqlPoolOptions::new().max_connections(1).connect(&url).await.expect("a server");
    let admin: Pool<sqlx::MySql> = pool().await;
    let kill = |number| format!("KILL {number}");
    let number = "SELECT CAST(connection_id() AS SIGNED)";
    let killer = Killer { admin: admin.clone(), number, kill };
    run(
        "sqlx",
        pool().await,
        admin,
        options(Vendor::Mysql),
        "harness_my",
        scripts(2_000),
        seed(),
        Some(killer),
    )
    .await;
}
