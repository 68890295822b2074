//! Random scripts on SQLite: what is counted is what has changed in the tables.

#[path = "../../db/tests/scripts/mod.rs"]
mod scripts;

use diesel::{
    Connection as _, QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _, result::Error, sql_query, sql_types::BigInt,
};
use scripts::{End, Generator, How, Options, Random, Step, Tally, Vendor, changes, cleanup, forget, schema};
use tallymark::{ModelMetrics, registry::snapshot};
use tallymark_diesel::{CountedDsl as _, Database, observe};

macro_rules! models {
    ($($model:ident)*) => {$(
        /// Stands for a table of its name, so that tests that run together count apart.
        #[derive(ModelMetrics)]
        #[allow(dead_code, reason = "rows are counted by their table")]
        struct $model;
    )*};
}

models!(DieselFew DieselMany);

/// A number that comes back.
#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    #[allow(dead_code, reason = "that it comes is enough")]
    id: i64,
}

/// What has changed.
#[derive(QueryableByName)]
struct Changed {
    #[diesel(sql_type = BigInt)]
    inserts: i64,
    #[diesel(sql_type = BigInt)]
    updates: i64,
    #[diesel(sql_type = BigInt)]
    deletes: i64,
}

fn counted(model: &str) -> [u64; 3] {
    let snapshot = snapshot();
    ["inserts", "updates", "deletes"]
        .map(|change| snapshot.counter(&format!("model_{change}_total"), &[("model", model)]).unwrap_or(0))
}

fn uncounted(db: &str) -> u64 {
    let snapshot = snapshot();
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
    reasons.into_iter().map(of).sum()
}

fn steps(connection: &mut SqliteConnection, all: &[Step]) {
    for step in all {
        match step {
            Step::Sql { text, how } => sql(connection, text, *how),
            Step::Kill => {}
            Step::Nested { steps: within, end } => {
                let _: QueryResult<()> = connection.transaction(|connection| {
                    steps(connection, within);
                    if *end == End::Commit { Ok(()) } else { Err(Error::RollbackTransaction) }
                });
            }
        }
    }
}

/// Runs one statement. Most fail now and then, which is part of the script.
fn sql(connection: &mut SqliteConnection, text: &str, how: How) {
    match how {
        How::Execute | How::DropStream | How::Cancel => drop(sql_query(text).execute_counted(connection)),
        How::FetchAll => drop(sql_query(text).load_counted::<Id>(connection)),
        How::FetchOne => drop(sql_query(text).get_result_counted::<Id>(connection)),
        How::Text => drop(connection.batch_execute(text)),
    }
}

fn run(table: &'static str, scripts: u64, seed: u64) {
    let options = Options {
        vendor: Vendor::Sqlite,
        nested: true,
        only_nested: false,
        streams: false,
        cancels: false,
        kills: false,
        sees_results: false,
    };
    let name = format!("scripts_{table}");
    let database = Database::builder(name.as_str())
        .vendor(tallymark_diesel::Vendor::Sqlite)
        .build()
        .expect("good settings");
    let mut connection = SqliteConnection::establish(":memory:").expect("memory is there");
    connection.batch_execute("PRAGMA recursive_triggers = ON").expect("a setting");
    for sql in schema(options.vendor, table) {
        connection.batch_execute(&sql).expect("a new table");
    }
    let mut random = Random::new(seed);
    let mut tally = Tally::default();
    for _ in 0..scripts {
        let script = Generator::new(&mut random, options, table).script();
        let before = (counted(table), uncounted(&name));
        // A connection of its own, as far as the observer knows.
        observe(&mut connection, database);
        steps(&mut connection, &script.steps);
        connection.set_instrumentation(|_: diesel::connection::InstrumentationEvent<'_>| {});
        for sql in cleanup(options.vendor, table) {
            let _ = connection.batch_execute(&sql);
        }
        let query = changes(table)
            .replacen("SELECT (", "SELECT inserts, updates, deletes FROM (SELECT (", 1)
            .replacen("), (", ") AS inserts, (", 1);
        let query = query.replacen("), (", ") AS updates, (", 1) + " AS deletes)";
        let changed: Changed = sql_query(query).get_result(&mut connection).expect("a row");
        connection.batch_execute(&forget(table)).expect("an empty log");
        let after = (counted(table), uncounted(&name));
        let counted = [0, 1, 2].map(|at| after.0[at] - before.0[at]);
        let changed = [changed.inserts, changed.updates, changed.deletes]
            .map(|changes| u64::try_from(changes).expect("a count"));
        tally.judge(&script, counted, after.1 - before.1, changed);
    }
    tally.report("Diesel", options.vendor, seed);
}

#[test]
fn a_few_scripts_of_one_seed() {
    run("diesel_few", 200, 20_261_130);
}

/// By name: `cargo test -p tallymark-diesel --test scripts -- --ignored --nocapture`.
#[test]
#[ignore = "takes a minute"]
fn many_scripts() {
    run("diesel_many", scripts::scripts(10_000), scripts::seed());
}
