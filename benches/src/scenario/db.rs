//! What a statement costs beside the driver's own: the observer alone, and queries through a pool that is observed.
//!
//! Each query is measured beside the same query through the plain driver, round by round; what is compared is the difference
//! of the two. It may be one percent of the plain query or 300 ns, whichever is more. `SQLite` runs in memory. `PostgreSQL` has
//! rows if [`POSTGRES`] says where one is.

use std::{
    fmt::Debug,
    hint::black_box,
    sync::{Arc, LazyLock},
};

use sqlx::{
    Executor, IntoArguments, Pool, Postgres, Sqlite, postgres::PgPoolOptions, sqlite::SqlitePoolOptions,
};
use tallymark::{
    LabelValue as _,
    db::{
        Database, Operation, Vendor,
        sqlx::{Driver, Instrumented},
    },
    registry,
};
use tallymark_benches::harness::{
    contender::{Built, Contender, Done, unchecked},
    report::{Measure, Report},
    round::{self, Effort},
    scenario::{Column, LOOP_COLUMNS, Method, Scenario},
    target::Target,
};
use tokio::runtime::{Builder, Runtime};

/// The URL of a `PostgreSQL`.
const POSTGRES: &str = "TALLYMARK_TEST_POSTGRES";

const SELECT: &str = "SELECT id, note FROM (SELECT 1 AS id, 'a' AS note) AS notes WHERE id = 1";

const SQLITE_PLAIN: &str = "(SQLite by sqlx, not measured)";
const SQLITE_OURS: &str = "tallymark, SQLite by sqlx";
const POSTGRES_PLAIN: &str = "(PostgreSQL by sqlx, not measured)";
const POSTGRES_OURS: &str = "tallymark, PostgreSQL by sqlx";

/// What is measured beside what.
const PAIRS: [(&str, &str); 2] = [(SQLITE_OURS, SQLITE_PLAIN), (POSTGRES_OURS, POSTGRES_PLAIN)];

/// What a query may cost more: so many nanoseconds, or this part of it.
const ALLOWED: (f64, f64) = (300.0, 0.01);

/// The column that says how many times what is allowed the overhead is.
const SHARE: usize = 2;

/// A statement beside the plain one of the same round, and what both took.
const COLUMNS: &[Column] = &[
    Column::median("overhead, ns", "overhead"),
    Column::median("overhead, %", "percent"),
    Column::median("x allowed", "share"),
    Column::least("min ns/op", "ns"),
    Column::median("median", "ns"),
];

pub fn scenarios() -> [Scenario; 2] {
    [
        Scenario {
            id: "db_statement",
            title: "A statement, observed",
            note: "its text read, its operation counted, in flight meanwhile, and its duration observed; no driver.",
            columns: LOOP_COLUMNS,
            key: 0,
            limit: None,
            method: Method::Loop { workers: 1, contenders: statements },
            processes: u32::MAX,
            targets: vec![Target::at_most(ALLOWED.0)],
            plot: None,
        },
        Scenario {
            id: "db_query",
            title: "A query of a database, observed",
            note: "one row fetched through a pool of one connection. Overhead is the median, over all rounds, of what the \
                   query took longer than the plain one of its round; allowed are 300 ns or one percent of the plain query, \
                   whichever is more. PostgreSQL is left out unless `TALLYMARK_TEST_POSTGRES` is the URL of one, which \
                   `bash tests/servers/run.sh exec COMMAND` sees to.",
            columns: COLUMNS,
            key: 0,
            limit: None,
            method: Method::Whole(compare),
            processes: 1,
            targets: vec![
                Target::at_most(1.0).of(SQLITE_OURS).in_column(SHARE),
                Target::at_most(1.0).of(POSTGRES_OURS).in_column(SHARE),
            ],
            plot: None,
        },
    ]
}

fn statements() -> Vec<Contender> {
    vec![Contender::ours("tallymark", || {
        Built::handle(
            database("bench_statement", Vendor::Sqlite),
            |database, _| database.statement(black_box(SELECT)).done(Some(1)),
            |&database, done| counted(database, done),
        )
    })]
}

fn queries() -> Vec<Contender> {
    let mut all = vec![
        Contender::limit(SQLITE_PLAIN, || fetch(sqlite, unchecked)),
        Contender::ours(SQLITE_OURS, || observed(sqlite, database("bench_sqlite", Vendor::Sqlite))),
    ];
    if postgres_url().is_some() {
        all.extend([
            Contender::limit(POSTGRES_PLAIN, || fetch(postgres, unchecked)),
            Contender::ours(POSTGRES_OURS, || {
                observed(postgres, database("bench_postgres", Vendor::Postgresql))
            }),
        ]);
    } else {
        println!("PostgreSQL is left out: {POSTGRES} is not set.\n");
    }
    all
}

/// Measures as many rounds as other scenarios do in all of their processes.
fn compare(effort: Effort) -> Result<Report, String> {
    let rounds = effort.rounds.saturating_mul(effort.processes.max(1));
    beside(round::measure(queries(), 1, Effort { rounds, ..effort })?)
}

/// Adds to each row that is observed what it took longer than the plain one, round by round.
fn beside(mut report: Report) -> Result<Report, String> {
    for (ours, plain) in PAIRS {
        let values = |name| report.row(name).map(|row| row.values("ns").to_vec());
        let Some((ours_took, plain_took)) = values(ours).zip(values(plain)) else { continue };
        let rounds = || ours_took.iter().zip(&plain_took).map(|(ours, plain)| (ours - plain, plain));
        let allowed = |plain: f64| (plain * ALLOWED.1).max(ALLOWED.0);
        let measures = [
            ("overhead", rounds().map(|(overhead, _)| overhead).collect()),
            ("percent", rounds().map(|(overhead, plain)| 100.0 * overhead / plain).collect()),
            ("share", rounds().map(|(overhead, &plain)| overhead / allowed(plain)).collect()),
        ];
        let row = report.rows.iter_mut().find(|row| row.name == ours).ok_or("a row is gone")?;
        row.measures.extend(measures.map(|(name, values)| Measure { name: name.to_owned(), values }));
    }
    Ok(report)
}

fn database(name: &str, vendor: Vendor) -> Database {
    Database::builder(name).vendor(vendor).build().expect("good settings")
}

/// Whether each statement was counted and its duration observed, and all of them have ended.
fn counted(database: Database, done: &Done) -> Result<(), String> {
    let labels = [
        ("db", database.name()),
        ("vendor", database.vendor().static_text()),
        ("operation", Operation::Select.static_text()),
    ];
    let shown = registry::snapshot();
    done.count(shown.counter("db_queries_total", &labels).unwrap_or(0))?;
    let durations = shown.histogram("db_query_duration_seconds", &labels);
    done.count(durations.map_or(0, |durations| durations.count()))?;
    match shown.value("db_queries_in_flight", &labels[..1]) {
        Some(0.0) => Ok(()),
        in_flight => Err(format!("{in_flight:?} statements in flight, expected none")),
    }
}

/// A pool and the runtime that it lives on.
///
/// Both rows of a pair use the same connection: where the system lets its other end run, a thread or a process, changes how
/// long a query takes by far more than what is looked for.
#[derive(Clone)]
struct Client<P> {
    runtime: Arc<Runtime>,
    pool: P,
}

impl<P> Client<P> {
    fn new<E: Debug>(connect: impl Future<Output = Result<P, E>>) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let pool = runtime.block_on(connect).expect("a database");
        Self { runtime: Arc::new(runtime), pool }
    }
}

fn sqlite() -> Client<Pool<Sqlite>> {
    static CLIENT: LazyLock<Client<Pool<Sqlite>>> =
        LazyLock::new(|| Client::new(SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:")));
    CLIENT.clone()
}

fn postgres_url() -> Option<String> {
    std::env::var(POSTGRES).ok().filter(|url| !url.is_empty())
}

fn postgres() -> Client<Pool<Postgres>> {
    static CLIENT: LazyLock<Client<Pool<Postgres>>> = LazyLock::new(|| {
        let url = postgres_url().unwrap_or_default();
        Client::new(async { PgPoolOptions::new().max_connections(1).connect(&url).await })
    });
    CLIENT.clone()
}

/// Fetches through a pool that is observed.
fn observed<DB: Driver>(client: fn() -> Client<Pool<DB>>, database: Database) -> Built
where
    DB::Arguments: IntoArguments<DB>,
{
    let client = move || {
        let Client { runtime, pool } = client();
        Client { runtime, pool: Instrumented::new(pool, database) }
    };
    fetch(client, move |done| counted(database, done))
}

/// Fetches a row from a pool of any kind. The statement stays prepared.
fn fetch<DB, P>(
    client: impl Fn() -> Client<P> + Send + Sync + 'static,
    check: impl FnOnce(&Done) -> Result<(), String> + Send + 'static,
) -> Built
where
    DB: sqlx::Database,
    DB::Arguments: IntoArguments<DB>,
    P: 'static,
    for<'p> &'p P: Executor<'p, Database = DB>,
{
    let op = |client: &mut Client<P>, _| {
        let row = client.runtime.block_on(sqlx::query(black_box(SELECT)).fetch_one(&client.pool));
        black_box(row.expect("a row"));
    };
    Built::local(client, op, check)
}
