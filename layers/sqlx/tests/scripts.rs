//! Random scripts on SQLite: what is counted is what has changed in the tables.

#![cfg(feature = "sqlite")]

#[path = "runner/mod.rs"]
mod runner;
#[path = "../../db/tests/scripts/mod.rs"]
mod scripts;

use runner::run;
use scripts::{File, Options, Vendor};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

fn options() -> Options {
    Options {
        vendor: Vendor::Sqlite,
        nested: true,
        only_nested: false,
        streams: true,
        cancels: true,
        kills: false,
        sees_results: true,
    }
}

async fn pool(file: &File) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(&file.0)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        // What `REPLACE` deletes is logged, too.
        .pragma("recursive_triggers", "ON");
    SqlitePoolOptions::new().max_connections(1).connect_with(options).await.expect("a file")
}

#[tokio::test]
async fn a_few_scripts_of_one_seed() {
    let file = File::new("scripts-few");
    run("sqlx", pool(&file).await, pool(&file).await, options(), "harness_few", 300, 20_261_130, None).await;
}

/// By name: `cargo test -p tallymark-sqlx --features sqlite --test scripts -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "takes a minute"]
async fn many_scripts() {
    let (file, scripts, seed) = (File::new("scripts-many"), scripts::scripts(10_000), scripts::seed());
    run("sqlx", pool(&file).await, pool(&file).await, options(), "harness_many", scripts, seed, None).await;
}
