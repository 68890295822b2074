//! Migrations of databases, as gauges.

#![cfg(all(
    feature = "sqlx-migrations",
    feature = "sea-orm-migrations",
    feature = "diesel-migrations",
    feature = "refinery-migrations"
))]

mod diesel;
mod names;
mod refinery;
mod refresh;
mod sea_orm;
mod sqlx;

use tallymark::registry;

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
