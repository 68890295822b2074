//! What the families show.

use tallymark::registry::snapshot;

/// A counter of a database, zero if it is not shown.
pub(crate) fn counter(name: &str, labels: &[(&str, &str)]) -> u64 {
    snapshot().counter(name, labels).unwrap_or(0)
}

/// A gauge of a database.
pub(crate) fn gauge(name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    snapshot().value(name, labels)
}

/// Statements of an operation, on a database that is SQLite.
pub(crate) fn queries(db: &str, operation: &str) -> u64 {
    counter("db_queries_total", &[("db", db), ("vendor", "sqlite"), ("operation", operation)])
}

/// How many durations of an operation were taken.
pub(crate) fn durations(db: &str, operation: &str) -> u64 {
    observations("db_query_duration_seconds", &[("db", db), ("vendor", "sqlite"), ("operation", operation)])
}

/// How many values a histogram has taken.
pub(crate) fn observations(name: &str, labels: &[(&str, &str)]) -> u64 {
    snapshot().histogram(name, labels).map_or(0, |histogram| histogram.counts.iter().sum())
}

/// Errors of a kind, on a database that is SQLite.
pub(crate) fn errors(db: &str, error: &str) -> u64 {
    counter("db_errors_total", &[("db", db), ("vendor", "sqlite"), ("error", error)])
}

/// Rows of a model that were inserted, updated and deleted.
pub(crate) fn rows(model: &str) -> [u64; 3] {
    ["inserts", "updates", "deletes"]
        .map(|operation| counter(&format!("model_{operation}_total"), &[("model", model)]))
}

/// Statements of a database whose rows are not counted, by reason.
pub(crate) fn uncounted(db: &str, reason: &str) -> u64 {
    counter("tallymark_uncounted_model_writes_total", &[("db", db), ("reason", reason)])
}
