//! refinery's runner.

use refinery::{Migration, Runner, Target};
use rusqlite::Connection;
use tallymark::registry;
use tallymark_refinery::{MigrationStatus, Migrations, RefinerySource, RefreshError};

/// The three numbers of a database: applied, pending, errors.
fn shown(db: &str) -> (Option<f64>, Option<f64>, Option<f64>) {
    let snapshot = registry::snapshot();
    let value = |name| snapshot.value(name, &[("db", db)]);
    (
        value("db_migrations_applied"),
        value("db_migrations_pending"),
        value("db_migrations_refresh_errors_total"),
    )
}

/// A file for a database, removed with the directory when the test ends.
struct File(std::path::PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tallymark-{name}-{}.sqlite", std::process::id()));
        // A process with this number may have left one behind.
        drop(std::fs::remove_file(&path));
        Self(path)
    }

    fn path(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

fn runner() -> Runner {
    let migration = |name, sql| Migration::unapplied(name, sql).expect("a good name");
    Runner::new(&[
        migration("V1__first", "CREATE TABLE a (id INTEGER)"),
        migration("V2__second", "CREATE TABLE b (id INTEGER)"),
        migration("U3__third", "CREATE TABLE c (id INTEGER)"),
    ])
}

#[tokio::test]
async fn a_database_is_followed_without_being_changed() {
    let file = File::new("refinery");
    let path = file.path();
    let connect = move || Connection::open(&path).map(Box::new);
    let mut connection = connect().expect("a file");
    let migrations = Migrations::builder("refinery_up")
        .build(RefinerySource::new(connect, runner()))
        .expect("good settings");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(0, 3));
    let exists = connection.table_exists(None, "refinery_schema_history").expect("an answer");
    assert!(!exists, "asking must not create it");

    runner().set_target(Target::Version(1)).run(&mut *connection).expect("the first");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(1, 2));
    runner().run(&mut *connection).expect("all");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(3, 0));
    assert_eq!(shown("refinery_up"), (Some(3.0), Some(0.0), Some(0.0)));
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_an_error() {
    let connect = || Connection::open("/nowhere/at/all.sqlite").map(Box::new);
    let migrations = Migrations::builder("refinery_down")
        .build(RefinerySource::new(connect, runner()))
        .expect("good settings");
    assert!(matches!(migrations.refresh().await, Err(RefreshError::Source(_))));
    assert_eq!(shown("refinery_down"), (None, None, Some(1.0)));
}
