//! Migrations of databases, as gauges.

mod names;
mod refresh;

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
