//! Runs scripts by Diesel and diesel-async.

#[cfg(feature = "diesel-async")]
pub(crate) mod asynchronous;
pub(crate) mod blocking;

use crate::scripts;
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Integer},
};
use tallymark_diesel::{Database, Vendor};

scripts::models!(DieselFew DieselMany DieselPg DieselMy DieselAsyncFew DieselAsyncMany DieselAsyncPg DieselAsyncMy);

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

/// What a connection of SQLite is told first: what `REPLACE` deletes is logged, too, and nothing waits for a disk.
pub(crate) const SQLITE: &str =
    "PRAGMA recursive_triggers = ON; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF";
