//! Random scripts on PostgreSQL and MariaDB: what is counted is what has changed in the tables.

use crate::{
    runner::{options, run},
    scripts::{Vendor, scripts, seed},
    server::shared,
};
use sea_orm::{ConnectOptions, Database};

async fn on(variable: &str, vendor: Vendor, table: &'static str) {
    let connect = async || {
        let options = ConnectOptions::new(shared(variable)).max_connections(1).to_owned();
        Database::connect(options).await.expect("a server")
    };
    run(connect().await, connect().await, options(vendor), table, scripts(2_000), seed()).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn on_postgresql() {
    on("TALLYMARK_TEST_POSTGRES", Vendor::Postgresql, "sea_pg").await;
}

#[tokio::test]
#[ignore = "needs MariaDB"]
async fn on_mariadb() {
    on("TALLYMARK_TEST_MYSQL", Vendor::Mysql, "sea_my").await;
}
