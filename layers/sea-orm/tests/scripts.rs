//! Random scripts on SQLite: what is counted is what has changed in the tables.

#[path = "runner/mod.rs"]
mod runner;
#[path = "../../db/tests/scripts/mod.rs"]
mod scripts;

use runner::{options, run};
use scripts::Vendor;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};

/// A database in a file that goes when the test ends.
struct File(std::path::PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tallymark-{name}-{}.sqlite", std::process::id()));
        drop(std::fs::remove_file(&path));
        Self(path)
    }

    async fn connect(&self) -> DatabaseConnection {
        let mut options = ConnectOptions::new(format!("sqlite:{}?mode=rwc", self.0.display()));
        let connection = Database::connect(options.max_connections(1).to_owned()).await.expect("a file");
        for sql in
            ["PRAGMA recursive_triggers = ON", "PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF"]
        {
            connection.execute_unprepared(sql).await.expect("a setting");
        }
        connection
    }
}

impl Drop for File {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

#[tokio::test]
async fn a_few_scripts_of_one_seed() {
    let file = File::new("sea-few");
    run(file.connect().await, file.connect().await, options(Vendor::Sqlite), "sea_few", 200, 20_261_130)
        .await;
}

/// By name: `cargo test -p tallymark-sea-orm --test scripts -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "takes a minute"]
async fn many_scripts() {
    let (file, scripts, seed) = (File::new("sea-many"), scripts::scripts(10_000), scripts::seed());
    run(file.connect().await, file.connect().await, options(Vendor::Sqlite), "sea_many", scripts, seed).await;
}
