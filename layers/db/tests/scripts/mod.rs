//! Random scripts for one connection, to hold what is counted against what has changed in the tables. The tests of the
//! adapters run them; the tables keep a log of their own by triggers, which is rolled back with what it logs.

mod counts;
#[allow(dead_code, reason = "servers keep their databases themselves")]
mod file;

pub(crate) use self::counts::Counts;
#[allow(unused_imports, reason = "servers keep their databases themselves")]
pub(crate) use self::file::File;

use std::{
    env,
    fmt::{self, Write as _},
};

macro_rules! models {
    ($($model:ident)*) => {$(
        /// A model whose table has its name in snake case. Each test has its own, as tests run at the same time.
        #[derive(::tallymark::ModelMetrics)]
        #[allow(dead_code, reason = "rows are counted by their table")]
        struct $model;
    )*};
}

pub(crate) use models;

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "not every adapter is tested on all")]
pub(crate) enum Vendor {
    Sqlite,
    Postgresql,
    Mysql,
}

/// How a statement is executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// For the number of rows.
    Execute,
    /// For all rows.
    FetchAll,
    /// For the first row.
    FetchOne,
    /// For rows one by one, of which the first is enough.
    DropStream,
    /// In a task that is cancelled in the middle.
    Cancel,
    /// As a text of several statements.
    Text,
}

/// What is done next.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Sql {
        text: String,
        how: How,
    },
    /// A transaction of the driver's own, or a savepoint in one.
    Nested {
        steps: Vec<Step>,
        end: End,
    },
    /// Somebody kills the connection.
    Kill,
}

/// How a transaction of the driver's ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Commit,
    Rollback,
    Drop,
}

/// One script.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) steps: Vec<Step>,
    /// Nothing in it leaves open what was written, so that all of it has to be counted.
    pub(crate) is_certain: bool,
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, &self.steps, 1)
    }
}

fn show(f: &mut fmt::Formatter<'_>, steps: &[Step], depth: usize) -> fmt::Result {
    for step in steps {
        write!(f, "\n{:1$}", "", 4 * depth)?;
        match step {
            Step::Sql { text, how } => write!(f, "{how:?}: {text}")?,
            Step::Kill => write!(f, "kill")?,
            Step::Nested { steps, end } => {
                write!(f, "transaction, {end:?}:")?;
                show(f, steps, depth + 1)?;
            }
        }
    }
    Ok(())
}

/// What an adapter and its vendor can do.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether one thing can be done")]
pub(crate) struct Options {
    pub(crate) vendor: Vendor,
    /// Transactions of the driver's own. Where statements go to any connection of a pool, they have to be in one.
    pub(crate) nested: bool,
    pub(crate) only_nested: bool,
    pub(crate) streams: bool,
    pub(crate) cancels: bool,
    pub(crate) kills: bool,
    /// Whether each result of a text of several statements is seen.
    pub(crate) sees_results: bool,
}

/// Numbers that look random, from a seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 11) % bound
    }

    fn one_in(&mut self, number: u64) -> bool {
        self.below(number) == 0
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).expect("a place")].clone()
    }
}

/// The seed of a run: that of the variable, or another each time.
pub(crate) fn seed() -> u64 {
    env::var("TALLYMARK_SCRIPTS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(1, |now| now.as_secs())
    })
}

/// How many scripts a run has: as many as the variable says, or else.
pub(crate) fn scripts(otherwise: u64) -> u64 {
    env::var("TALLYMARK_SCRIPTS").ok().and_then(|scripts| scripts.parse().ok()).unwrap_or(otherwise)
}

/// What makes a table whose changes are logged, without anything of an earlier run.
pub(crate) fn schema(vendor: Vendor, table: &str) -> Vec<String> {
    let mut all = Vec::new();
    let columns = "id INT NOT NULL PRIMARY KEY, note VARCHAR(20) NOT NULL, CHECK (note <> 'bad')";
    match vendor {
        Vendor::Sqlite => {
            all.push(format!("CREATE TABLE {table} ({columns})"));
            all.push(format!("CREATE TABLE {table}_log (change TEXT)"));
            all.push(format!("CREATE TABLE {table}_other (id INT)"));
        }
        Vendor::Postgresql => {
            all.push(format!("DROP TABLE IF EXISTS {table}, {table}_log, {table}_other CASCADE"));
            all.push(format!("CREATE TABLE {table} ({columns})"));
            all.push(format!("CREATE TABLE {table}_log (change TEXT)"));
            all.push(format!("CREATE TABLE {table}_other (id INT)"));
            all.push(format!(
                "CREATE OR REPLACE FUNCTION {table}_logs() RETURNS TRIGGER LANGUAGE plpgsql AS \
                 $$ BEGIN INSERT INTO {table}_log VALUES (lower(TG_OP)); RETURN NULL; END $$"
            ));
            all.push(format!(
                "CREATE TRIGGER logs AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW \
                 EXECUTE FUNCTION {table}_logs()"
            ));
            all.push(format!(
                "CREATE OR REPLACE PROCEDURE {table}_procedure(n INT) LANGUAGE SQL AS \
                 $$ INSERT INTO {table} VALUES (n, 'p') ON CONFLICT DO NOTHING $$"
            ));
        }
        Vendor::Mysql => {
            for suffix in ["", "_log", "_other", "_scratch"] {
                all.push(format!("DROP TABLE IF EXISTS {table}{suffix}"));
            }
            all.push(format!("CREATE TABLE {table} ({columns}) ENGINE = InnoDB"));
            all.push(format!("CREATE TABLE {table}_log (`change` VARCHAR(9)) ENGINE = InnoDB"));
            all.push(format!("CREATE TABLE {table}_other (id INT) ENGINE = InnoDB"));
            all.push(format!("DROP PROCEDURE IF EXISTS {table}_procedure"));
            all.push(format!(
                "CREATE PROCEDURE {table}_procedure(n INT) INSERT IGNORE INTO {table} VALUES (n, 'p')"
            ));
        }
    }
    if vendor != Vendor::Postgresql {
        for change in ["insert", "update", "delete"] {
            let logs = format!("INSERT INTO {table}_log VALUES ('{change}')");
            let body = if vendor == Vendor::Sqlite { format!("BEGIN {logs}; END") } else { logs };
            all.push(format!(
                "CREATE TRIGGER {table}_{change} AFTER {change} ON {table} FOR EACH ROW {body}"
            ));
        }
    }
    all
}

/// The query for what has changed: inserted, updated and deleted rows.
pub(crate) fn changes(table: &str) -> String {
    let count = |change| format!("(SELECT count(*) FROM {table}_log WHERE {table}_log.change = '{change}')");
    format!("SELECT {}, {}, {}", count("insert"), count("update"), count("delete"))
}

/// Empties the log, so that the next look at it is as quick.
pub(crate) fn forget(table: &str) -> String {
    format!("DELETE FROM {table}_log")
}

/// What a connection is told between two scripts, errors ignored, so that nothing is open.
pub(crate) fn cleanup(vendor: Vendor, table: &str) -> Vec<String> {
    match vendor {
        Vendor::Sqlite | Vendor::Postgresql => vec!["ROLLBACK".to_owned()],
        Vendor::Mysql => vec![
            "ROLLBACK".to_owned(),
            "SET autocommit = 1".to_owned(),
            "UNLOCK TABLES".to_owned(),
            format!("DROP TABLE IF EXISTS {table}_scratch"),
            format!("DROP TEMPORARY TABLE IF EXISTS {table}_scratch"),
        ],
    }
}

/// Makes scripts.
pub(crate) struct Generator<'a> {
    pub(crate) random: &'a mut Random,
    pub(crate) options: Options,
    pub(crate) table: &'a str,
    is_certain: bool,
    /// Whether a transaction may be open that was begun by a text.
    is_begun: bool,
}

impl<'a> Generator<'a> {
    pub(crate) fn new(random: &'a mut Random, options: Options, table: &'a str) -> Self {
        Self { random, options, table, is_certain: true, is_begun: false }
    }

    pub(crate) fn script(mut self) -> Script {
        let mut steps = if self.options.only_nested {
            let steps = self.steps(0);
            let end = self.end();
            vec![Step::Nested { steps, end }]
        } else {
            self.steps(0)
        };
        // What is begun by a text and never ended is left to whoever gets the connection next.
        if self.is_begun {
            if self.random.one_in(8) {
                self.is_certain = false;
            } else {
                let text = self.random.pick(&["COMMIT", "COMMIT", "ROLLBACK"]).to_owned();
                steps.push(Step::Sql { text, how: How::Execute });
            }
        }
        Script { steps, is_certain: self.is_certain }
    }

    fn end(&mut self) -> End {
        self.random.pick(&[End::Commit, End::Commit, End::Rollback, End::Drop])
    }

    fn steps(&mut self, depth: u32) -> Vec<Step> {
        let length = 1 + self.random.below(8);
        (0..length).map(|_| self.step(depth)).collect()
    }

    fn step(&mut self, depth: u32) -> Step {
        if self.options.nested && depth < 3 && self.random.one_in(8) {
            let steps = self.steps(depth + 1);
            let end = self.end();
            // Begun after an error, which PostgreSQL refuses, it makes sqlx forget where it is.
            self.is_certain &=
                self.options.vendor != Vendor::Postgresql || depth == 0 && !self.options.only_nested;
            return Step::Nested { steps, end };
        }
        if self.options.kills && self.random.one_in(60) {
            self.is_certain = false;
            return Step::Kill;
        }
        match self.random.below(10) {
            0..=4 => self.write(),
            5..=7 => self.control(depth),
            8 => self.text(depth),
            _ => self.failure(depth),
        }
    }

    fn id(&mut self) -> u64 {
        1 + self.random.below(40)
    }

    /// A statement that may violate the primary key.
    fn insert(&mut self) -> String {
        let rows = 1 + self.random.below(3);
        let mut text = format!("INSERT INTO {} (id, note) VALUES ", self.table);
        for row in 0..rows {
            let id = self.id();
            let comma = if row == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}({id}, 'a')");
        }
        text
    }

    fn write(&mut self) -> Step {
        let (table, vendor) = (self.table.to_owned(), self.options.vendor);
        let (id, other) = (self.id(), self.id());
        let insert = self.insert();
        let returning = vendor != Vendor::Mysql;
        let mut how = How::Execute;
        let text = match self.random.below(16) {
            0..=4 => insert,
            5 => format!("UPDATE {table} SET note = 'b' WHERE id < {id}"),
            6 => format!("DELETE FROM {table} WHERE id BETWEEN {id} AND {}", id + 8),
            // Rows that come back. MariaDB has them for `INSERT` and `DELETE`.
            7 => {
                how = self.random.pick(&[How::FetchAll, How::FetchOne]);
                format!("{insert} RETURNING id")
            }
            8 => {
                how = self.random.pick(&[How::FetchAll, How::FetchOne]);
                if returning {
                    format!("UPDATE {table} SET note = 'c' WHERE id > {id} RETURNING id")
                } else {
                    format!("DELETE FROM {table} WHERE id = {id} RETURNING id")
                }
            }
            9 => match vendor {
                Vendor::Mysql => format!("INSERT IGNORE INTO {table} VALUES ({id}, 'd'), ({other}, 'd')"),
                _ => format!("INSERT INTO {table} VALUES ({id}, 'd'), ({other}, 'd') ON CONFLICT DO NOTHING"),
            },
            10 => {
                self.is_certain = false;
                match vendor {
                    Vendor::Mysql => format!(
                        "INSERT INTO {table} VALUES ({id}, 'e'), ({}, 'e') ON DUPLICATE KEY UPDATE note = 'f'",
                        id + 1
                    ),
                    _ => format!(
                        "INSERT INTO {table} VALUES ({id}, 'e') ON CONFLICT (id) DO UPDATE SET note = 'f'"
                    ),
                }
            }
            11 => match vendor {
                // The rows that go are reported. One that is the same is not replaced.
                Vendor::Mysql => {
                    let note = self.random.next() % 1_000_000;
                    format!("REPLACE INTO {table} VALUES ({id}, '{note}'), ({}, '{note}')", id + 1)
                }
                Vendor::Sqlite => {
                    self.is_certain = false;
                    format!("INSERT OR REPLACE INTO {table} VALUES ({id}, 'g')")
                }
                Vendor::Postgresql => format!(
                    "MERGE INTO {table} t USING (VALUES ({id}), ({})) AS s (id) ON t.id = s.id \
                     WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'g')",
                    id + 1
                ),
            },
            12 => match vendor {
                Vendor::Sqlite => format!("UPDATE OR IGNORE {table} SET id = id + 1 WHERE id > {id}"),
                Vendor::Postgresql => {
                    self.is_certain = false;
                    format!(
                        "MERGE INTO {table} t USING (VALUES ({id}), ({other})) AS s (id) ON t.id = s.id \
                         WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'h')"
                    )
                }
                // Rows that are the same are among those that are reported, and not among those that triggers see
                // where a statement names several tables.
                Vendor::Mysql => {
                    let note = self.random.next() % 1_000_000;
                    format!("UPDATE {table} t, (SELECT {id} AS a) x SET t.note = '{note}' WHERE t.id < x.a")
                }
            },
            13 => {
                self.is_certain = false;
                match vendor {
                    Vendor::Sqlite => format!("REPLACE INTO {table} VALUES ({id}, 'i')"),
                    _ => format!("CALL {table}_procedure({id})"),
                }
            }
            14 => match vendor {
                Vendor::Postgresql => {
                    self.is_certain = false;
                    format!(
                        "WITH gone AS (DELETE FROM {table} WHERE id = {id} RETURNING id) \
                         INSERT INTO {table}_other SELECT id FROM gone"
                    )
                }
                _ => format!("WITH chosen AS (SELECT {id} AS a) SELECT a FROM chosen"),
            },
            _ => format!("SELECT id FROM {table} WHERE id > {id}"),
        };
        let is_write = !text.starts_with("SELECT") && !text.contains("chosen");
        let gives_rows = text.contains("RETURNING") || !is_write;
        if self.options.streams && gives_rows && self.random.one_in(6) {
            how = How::DropStream;
            // Whether the rest of it fails is not seen, which aborts a transaction of PostgreSQL.
            self.is_certain = false;
        } else if self.options.cancels && self.random.one_in(25) {
            how = How::Cancel;
            self.is_certain = false;
        } else if how == How::Execute && gives_rows && !text.contains("gone AS") {
            how = self.random.pick(&[How::FetchAll, How::FetchOne]);
        }
        Step::Sql { text, how }
    }

    fn control(&mut self, depth: u32) -> Step {
        let vendor = self.options.vendor;
        let savepoint = self.random.pick(&["s", "t", "S"]);
        let table = self.table.to_owned();
        let mut words: Vec<String> = vec![
            format!("SAVEPOINT {savepoint}"),
            format!("SAVEPOINT {savepoint}"),
            format!("RELEASE SAVEPOINT {savepoint}"),
            format!("ROLLBACK TO SAVEPOINT {savepoint}"),
        ];
        // Within a transaction of the driver's, what ends it is the driver's.
        if depth == 0 && !self.options.only_nested {
            words.extend(["BEGIN", "BEGIN", "COMMIT", "ROLLBACK"].map(str::to_owned));
            if vendor != Vendor::Sqlite {
                words.extend(
                    ["COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "START TRANSACTION"].map(str::to_owned),
                );
            }
            if vendor == Vendor::Mysql {
                words.extend(["SET autocommit = 0", "SET autocommit = 1"].map(str::to_owned));
            }
        }
        if vendor == Vendor::Mysql {
            words.extend([
                format!("CREATE TEMPORARY TABLE IF NOT EXISTS {table}_scratch (a INT)"),
                format!("DROP TEMPORARY TABLE IF EXISTS {table}_scratch"),
            ]);
            if depth == 0 && !self.options.only_nested {
                words.extend([
                    format!("CREATE TABLE IF NOT EXISTS {table}_scratch (a INT)"),
                    format!("DROP TABLE IF EXISTS {table}_scratch"),
                    format!("ALTER TABLE {table}_other COMMENT = 'x'"),
                    format!("ANALYZE TABLE {table}_other"),
                    "FLUSH STATUS".to_owned(),
                    "UNLOCK TABLES".to_owned(),
                ]);
            }
        }
        let text = self.random.pick(&words);
        // It may take a savepoint of the driver's along, which the driver does not notice.
        let innermost = u32::from(!self.options.only_nested);
        if depth > innermost && vendor != Vendor::Postgresql {
            self.is_certain = false;
        }
        // Anything of this may open a transaction, by itself or for a savepoint.
        self.is_begun |= ["BEGIN", "START", "SAVEPOINT", "SET autocommit = 0"]
            .iter()
            .any(|begins| text.starts_with(begins))
            || text.ends_with("CHAIN");
        Step::Sql { text, how: How::Execute }
    }

    /// A text of several statements.
    fn text(&mut self, depth: u32) -> Step {
        let mut parts: Vec<String> = (0..=self.random.below(3)).map(|_| self.insert()).collect();
        let (table, id) = (self.table.to_owned(), self.id());
        parts.push(format!("DELETE FROM {table} WHERE id = {id}"));
        if !self.options.only_nested && self.options.sees_results && self.random.one_in(2) {
            let at = usize::try_from(self.random.below(parts.len() as u64)).expect("a place");
            parts.insert(at, "BEGIN".to_owned());
            // On MySQL it commits, and the driver's savepoints are gone.
            self.is_certain &= depth < 2 || self.options.vendor != Vendor::Mysql;
            self.is_begun = true;
            if self.random.one_in(2) {
                parts.push(self.random.pick(&["COMMIT", "ROLLBACK"]).to_owned());
            }
        }
        if self.options.vendor != Vendor::Sqlite && self.random.one_in(6) {
            parts.insert(0, format!("CALL {table}_procedure({id})"));
            self.is_certain = false;
        }
        self.is_certain &= self.options.sees_results;
        Step::Sql { text: parts.join("; "), how: How::Text }
    }

    /// A statement that fails, of which there are enough kinds.
    fn failure(&mut self, depth: u32) -> Step {
        let (table, id, vendor) = (self.table.to_owned(), self.id(), self.options.vendor);
        let mut words = vec![
            format!("INSERT INTO {table} VALUES ({id}, NULL)"),
            format!("INSERT INTO {table} VALUES ({}, 'bad')", id + 100),
            format!("INSERT INTO {table} VALUES ({id}, 'x'), ({id}, 'x')"),
            format!("INSERT INTO {table}_nowhere VALUES (1)"),
            "SELEKT 1".to_owned(),
            format!("UPDATE {table} SET note = NULL"),
        ];
        match vendor {
            Vendor::Sqlite => words.extend([
                format!("INSERT OR ROLLBACK INTO {table} VALUES ({id}, 'x'), ({id}, 'x')"),
                format!("INSERT OR FAIL INTO {table} VALUES ({id}, 'x'), ({id}, 'x')"),
                format!("INSERT OR ABORT INTO {table} VALUES ({id}, NULL)"),
            ]),
            Vendor::Postgresql => words.extend([
                format!("UPDATE {table} SET note = (1 / (id - id))::text"),
                format!("INSERT INTO {table} SELECT {id}, (1 / 0)::text"),
            ]),
            Vendor::Mysql => words.extend([
                format!("CREATE TABLE {table} (a INT)"),
                format!("INSERT INTO {table} VALUES ({id}, 'longer than its column is')"),
            ]),
        }
        let text = self.random.pick(&words);
        // `OR FAIL` keeps some of it, what commits first may have done so before it failed, and what rolls back a transaction of
        // the driver's takes its savepoints along.
        let is_within = depth > 0 || self.options.only_nested;
        if text.contains("OR FAIL") || text.starts_with("CREATE") || text.contains("OR ROLLBACK") && is_within
        {
            self.is_certain = false;
        }
        Step::Sql { text, how: How::Execute }
    }
}

/// What was found, over many scripts.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    scripts: u64,
    certain: u64,
    partly: u64,
    rows: [u64; 3],
    differences: Vec<String>,
}

impl Tally {
    /// Holds what was counted for a script against what has changed. `uncounted` statements may have written what is
    /// missing; without any, nothing may be.
    pub(crate) fn judge(&mut self, script: &Script, counted: [u64; 3], uncounted: u64, changed: [u64; 3]) {
        self.scripts += 1;
        self.certain += u64::from(script.is_certain);
        self.partly += u64::from(uncounted > 0);
        for (sum, changed) in self.rows.iter_mut().zip(changed) {
            *sum += changed;
        }
        let too_many = counted.iter().zip(&changed).any(|(counted, changed)| counted > changed);
        let differs = counted != changed && uncounted == 0;
        let needless = script.is_certain && uncounted > 0;
        let kind = match (too_many, differs, needless) {
            (true, ..) => "too many",
            (_, true, _) => "too few",
            (_, _, true) => "certain, and uncounted",
            _ => return,
        };
        self.differences.push(format!(
            "{kind}, script {}: counted {counted:?} and {uncounted} statements uncounted, changed {changed:?}: {script}",
            self.scripts
        ));
    }

    /// Prints what was found, and fails if there are differences.
    pub(crate) fn report(&self, adapter: &str, vendor: Vendor, seed: u64) {
        let Self { scripts, certain, partly, rows, differences } = self;
        println!(
            "scripts: {adapter} on {vendor:?}, seed {seed}: {scripts} scripts, {certain} of them certain, {partly} with \
             uncounted statements; {rows:?} rows inserted, updated, deleted; {} differences",
            differences.len()
        );
        assert!(
            differences.is_empty(),
            "{adapter} on {vendor:?}, TALLYMARK_SCRIPTS_SEED={seed}: {} of {scripts} scripts differ. The shortest: {}",
            differences.len(),
            differences
                .iter()
                .min_by_key(|text| (text.starts_with("certain"), text.len()))
                .map_or("", String::as_str)
        );
        assert!(rows.iter().all(|rows| *rows > 0) && *certain * 5 > *scripts, "the scripts do too little");
    }
}
