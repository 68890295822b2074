//! Pools of connections, with managers whose connections are numbers.

#![cfg(all(feature = "deadpool", feature = "bb8", feature = "r2d2"))]

mod bb8;
mod deadpool;
mod manager;
mod r2d2;

use std::{sync::Once, time::Duration};
use tallymark::{
    db::Database,
    registry::Config,
    snapshot::{HistogramValue, Snapshot},
};

fn database(name: &'static str) -> Database {
    Database::builder(name).build().expect("a good name")
}

/// What is shown of one database.
struct Shown {
    snapshot: Snapshot,
    db: &'static str,
}

fn shown(db: &'static str) -> Shown {
    // Pools are asked however long that takes on a busy machine.
    static CONFIGURED: Once = Once::new();
    let patient = || Config::new().collector_deadline(Duration::from_hours(1)).install();
    CONFIGURED.call_once(|| patient().expect("no scrape yet"));
    Shown { snapshot: tallymark::registry::snapshot(), db }
}

impl Shown {
    /// Idle, in use, at most.
    fn connections(&self) -> (Option<f64>, Option<f64>, Option<f64>) {
        let of = |state| self.snapshot.value("db_pool_connections", &[("db", self.db), ("state", state)]);
        (of("idle"), of("in_use"), self.value("db_pool_max_connections"))
    }

    fn value(&self, family: &str) -> Option<f64> {
        self.snapshot.value(family, &[("db", self.db)])
    }

    fn observations(&self, family: &str) -> u64 {
        self.snapshot.histogram(family, &[("db", self.db)]).map_or(0, HistogramValue::count)
    }

    /// Opened, failed.
    fn opened(&self) -> (Option<f64>, Option<f64>) {
        (self.value("db_connections_opened_total"), self.value("db_connection_errors_total"))
    }

    fn errors(&self, error: &str) -> u64 {
        let labels = [("db", self.db), ("vendor", "other"), ("error", error)];
        self.snapshot.counter("db_errors_total", &labels).unwrap_or_default()
    }

    /// All errors that a pool can have.
    fn all_errors(&self) -> u64 {
        let kinds = ["cancelled", "connection", "other", "pool_closed", "pool_timeout", "timeout"];
        kinds.iter().map(|kind| self.errors(kind)).sum()
    }
}
