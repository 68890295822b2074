//! Random scripts on SQLite: what is counted is what has changed in the tables.

#[path = "runner/mod.rs"]
mod runner;
#[path = "../../db/tests/scripts/mod.rs"]
mod scripts;

use runner::{options, run};
use scripts::{File, Vendor};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};

async fn connect(file: &File) -> DatabaseConnection {
    let mut options = ConnectOptions::new(format!("sqlite:{}?mode=rwc", file.0.display()));
    let connection = Database::connect(options.max_connections(1).to_owned()).await.expect("a file");
    for sql in ["PRAGMA recursive_triggers = ON", "PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF"]
    {
        connection.execute_unprepared(sql).await.expect("a setting");
    }
    connection
}

#[tokio::test]
async fn a_few_scripts_of_one_seed() {
    let file = File::new("sea-few");
    run(connect(&file).await, connect(&file).await, options(Vendor::Sqlite), "sea_few", 200, 20_261_130)
        .await;
}

/// By name: `cargo test -p tallymark-sea-orm --test scripts -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "takes a minute"]
async fn many_scripts() {
    let (file, scripts, seed) = (File::new("sea-many"), scripts::scripts(10_000), scripts::seed());
    run(connect(&file).await, connect(&file).await, options(Vendor::Sqlite), "sea_many", scripts, seed).await;
}
