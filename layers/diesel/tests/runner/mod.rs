//! Runs scripts by Diesel and diesel-async.

#[cfg(feature = "diesel-async")]
pub(crate) mod asynchronous;
pub(crate) mod blocking;

use crate::scripts;
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Integer},
};
use tallymark::{ModelMetrics, registry::snapshot};
use tallymark_diesel::{Database, Vendor};

macro_rules! models {
    ($($model:ident)*) => {$(
        /// Stands for a table of its name, so that tests that run together count apart.
        #[derive(ModelMetrics)]
        #[allow(dead_code, reason = "rows are counted by their table")]
        struct $model;
    )*};
}

models!(DieselFew DieselMany DieselPg DieselMy DieselAsyncFew DieselAsyncMany DieselAsyncPg DieselAsyncMy);

/// A number that comes back.
#[derive(QueryableByName)]
pub(crate) struct Id {
    #[diesel(sql_type = Integer)]
    #[allow(dead_code, reason = "that it comes is enough")]
    id: i32,
}

/// What has changed.
#[derive(QueryableByName)]
pub(crate) struct Changed {
    #[diesel(sql_type = BigInt)]
    inserts: i64,
    #[diesel(sql_type = BigInt)]
    updates: i64,
    #[diesel(sql_type = BigInt)]
    deletes: i64,
}

impl Changed {
    fn rows(&self) -> [u64; 3] {
        [self.inserts, self.updates, self.deletes].map(|rows| u64::try_from(rows).expect("a count"))
    }
}

/// The query for [`Changed`], by the names of its columns.
fn changes(table: &str) -> String {
    let query =
        scripts::changes(table).replacen("), (", ") AS inserts, (", 1).replacen("), (", ") AS updates, (", 1);
    query + " AS deletes"
}

/// How the connection is killed that scripts run on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Killer {
    /// The query for the number of a connection, as `id`.
    pub(crate) number: &'static str,
    /// The statement that kills the connection of a number.
    pub(crate) kill: fn(i32) -> String,
}

fn database(table: &str, vendor: scripts::Vendor) -> (String, Database) {
    let name = format!("scripts_{table}");
    let vendor = match vendor {
        scripts::Vendor::Sqlite => Vendor::Sqlite,
        scripts::Vendor::Postgresql => Vendor::Postgresql,
        scripts::Vendor::Mysql => Vendor::Mysql,
    };
    let database = Database::builder(name.as_str()).vendor(vendor).build().expect("good settings");
    (name, database)
}

/// What is counted so far: rows of a model, and statements whose rows are not.
#[derive(Clone, Copy)]
struct Counts {
    rows: [u64; 3],
    uncounted: u64,
}

impl Counts {
    fn of(model: &str, db: &str) -> Self {
        let snapshot = snapshot();
        let rows = ["inserts", "updates", "deletes"].map(|change| {
            snapshot.counter(&format!("model_{change}_total"), &[("model", model)]).unwrap_or(0)
        });
        let reasons = [
            "unreported",
            "mixed",
            "replaced",
            "several_tables",
            "schema",
            "unseen",
            "interrupted",
            "transaction",
        ];
        let of = |reason| {
            snapshot
                .counter("tallymark_uncounted_model_writes_total", &[("db", db), ("reason", reason)])
                .unwrap_or(0)
        };
        Self { rows, uncounted: reasons.into_iter().map(of).sum() }
    }

    fn since(self, before: Self) -> Self {
        Self {
            rows: [0, 1, 2].map(|at| self.rows[at] - before.rows[at]),
            uncounted: self.uncounted - before.uncounted,
        }
    }
}

/// A file for a database of SQLite, which goes when the test ends.
pub(crate) struct File(std::path::PathBuf);

impl File {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tallymark-{name}-{}.sqlite", std::process::id()));
        drop(std::fs::remove_file(&path));
        Self(path)
    }

    pub(crate) fn url(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

/// What a connection of SQLite is told first: what `REPLACE` deletes is logged, too, and nothing waits for a disk.
pub(crate) const SQLITE: &str =
    "PRAGMA recursive_triggers = ON; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF";
