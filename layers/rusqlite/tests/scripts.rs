//! Random scripts on SQLite: what is counted is what has changed in the tables.

#[path = "../../db/tests/scripts/mod.rs"]
mod scripts;

use rusqlite::{Connection, Row};
use scripts::{
    Counts, End, File, Generator, How, Options, Random, Step, Tally, Vendor, changes, cleanup, forget,
    schema, seed,
};
use tallymark_rusqlite::{Database, InstrumentedConnection};

scripts::models!(RusqliteFew RusqliteMany);

/// What a connection is told first: what `REPLACE` deletes is logged, too, and nothing waits for a disk.
const SETTINGS: &str =
    "PRAGMA recursive_triggers = ON; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF";

const OPTIONS: Options = Options {
    vendor: Vendor::Sqlite,
    nested: true,
    only_nested: false,
    streams: true,
    cancels: false,
    kills: false,
    sees_results: true,
};

/// Runs so many scripts, each on a connection of its own, and looks at what has changed on another.
fn run(table: &'static str, scripts: u64, seed: u64) {
    let name = format!("scripts_{table}");
    let database = Database::builder(name.as_str()).build().expect("good settings");
    let file = File::new(table);
    let connect = || {
        let connection = Connection::open(&file.0).expect("a file");
        connection.execute_batch(SETTINGS).expect("settings");
        connection
    };
    let admin = connect();
    for sql in schema(Vendor::Sqlite, table) {
        admin.execute_batch(&sql).expect("a new table");
    }
    let mut random = Random::new(seed);
    let mut tally = Tally::default();
    for _ in 0..scripts {
        let script = Generator::new(&mut random, OPTIONS, table).script();
        let before = Counts::of(table, &name);
        let mut connection = InstrumentedConnection::new(connect(), database);
        steps(&mut connection, &script.steps);
        // What cleans up is not part of the script, and must not be counted.
        for sql in cleanup(Vendor::Sqlite, table) {
            let _ = connection.unobserved().execute_batch(&sql);
        }
        drop(connection);
        let rows = |row: &Row<'_>| Ok([row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?]);
        let changed = admin.query_row(&changes(table), [], rows).expect("a row").map(i64::cast_unsigned);
        admin.execute(&forget(table), []).expect("an empty log");
        let counted = Counts::of(table, &name).since(before);
        tally.judge(&script, counted.rows, counted.uncounted, changed);
    }
    tally.report("rusqlite", Vendor::Sqlite, seed);
}

/// Where statements and transactions go.
trait Scope {
    fn connection(&self) -> &InstrumentedConnection<'_>;
    fn nested(&mut self, within: &[Step], end: End);
}

impl Scope for InstrumentedConnection<'static> {
    fn connection(&self) -> &InstrumentedConnection<'_> {
        self
    }

    fn nested(&mut self, within: &[Step], end: End) {
        // One that a text has begun may be open.
        let Ok(mut transaction) = self.transaction() else { return };
        steps(&mut transaction, within);
        match end {
            End::Commit => drop(transaction.commit()),
            End::Rollback => drop(transaction.rollback()),
            End::Drop => drop(transaction),
        }
    }
}

macro_rules! with_savepoints {
    ($($ty:ident)*) => {$(
        impl Scope for tallymark_rusqlite::$ty<'_> {
            fn connection(&self) -> &InstrumentedConnection<'_> {
                self
            }

            fn nested(&mut self, within: &[Step], end: End) {
                let Ok(mut savepoint) = self.savepoint() else { return };
                steps(&mut savepoint, within);
                match end {
                    End::Commit => drop(savepoint.commit()),
                    End::Rollback => drop(savepoint.rollback()),
                    End::Drop => drop(savepoint),
                }
            }
        }
    )*};
}

with_savepoints!(InstrumentedTransaction InstrumentedSavepoint);

fn steps<S: Scope>(scope: &mut S, all: &[Step]) {
    for step in all {
        match step {
            Step::Sql { text, how } => sql(scope.connection(), text, *how),
            Step::Nested { steps, end } => scope.nested(steps, *end),
            Step::Kill => {}
        }
    }
}

/// Runs one statement. Most fail now and then, which is part of the script.
fn sql(connection: &InstrumentedConnection<'_>, text: &str, how: How) {
    match how {
        How::Execute | How::Cancel => drop(connection.execute(text, [])),
        How::Text => drop(connection.execute_batch(text)),
        How::FetchOne => drop(connection.query_row(text, [], |_| Ok(()))),
        How::FetchAll => {
            if let Ok(mut prepared) = connection.prepare_cached(text)
                && let Ok(rows) = prepared.query_map([], |_| Ok(()))
            {
                rows.for_each(drop);
            }
        }
        How::DropStream => {
            if let Ok(mut prepared) = connection.prepare(text)
                && let Ok(mut rows) = prepared.query([])
            {
                drop(rows.next());
            }
        }
    }
}

#[test]
fn a_few_scripts_of_one_seed() {
    run("rusqlite_few", 200, 20_261_130);
}

/// By name: `cargo test -p tallymark-rusqlite --test scripts -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn many_scripts() {
    run("rusqlite_many", scripts::scripts(10_000), seed());
}
