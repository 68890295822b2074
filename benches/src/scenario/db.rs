//! What a statement costs beside the driver's own: the observer alone, and queries through a pool that is observed.
//!
//! Each query is measured beside the same query through the plain driver; what is compared is the difference of the two. It
//! may be one percent of the plain query or 300 ns, whichever is more. `SQLite` runs in memory. `PostgreSQL` has rows if
//! [`POSTGRES`] says where one is.

use std::{
    fmt::Debug,
    hint::black_box,
    sync::{Arc, LazyLock},
};

use sqlx::{
    Executor, IntoArguments, Pool, Postgres, Sqlite, postgres::PgPoolOptions, sqlite::SqlitePoolOptions,
};
use tallymark::{LabelValue as _, registry};
use tallymark_benches::harness::{
    contender::{Built, Contender, Done, unchecked},
    pair::{self, Allowed, Pair},
    pin,
    report::BEYOND,
    scenario::{Column, LOOP_COLUMNS, Method, Scenario},
    target::Target,
};
use tallymark_sqlx::{Database, Driver, Instrumented, SqlOperation, Vendor};
use tokio::runtime::{Builder, Runtime};

/// The URL of a `PostgreSQL`.
const POSTGRES: &str = "TALLYMARK_TEST_POSTGRES";

const SELECT: &str = "SELECT id, note FROM (SELECT 1 AS id, 'a' AS note) AS notes WHERE id = 1";

pub const SQLITE_PLAIN: &str = "(SQLite by sqlx)";
const SQLITE_TWICE: &str = "(SQLite by sqlx, both sides plain)";
const SQLITE_OURS: &str = "tallymark, SQLite by sqlx";
const POSTGRES_PLAIN: &str = "(PostgreSQL by sqlx)";
const POSTGRES_TWICE: &str = "(PostgreSQL by sqlx, both sides plain)";
const POSTGRES_OURS: &str = "tallymark, PostgreSQL by sqlx";

/// What a query may cost more.
const ALLOWED: Allowed = Allowed { nanoseconds: 300.0, part: 0.01 };

/// The column that says how many times what is allowed the overhead is.
const SHARE: usize = 2;

const COLUMNS: &[Column] = &[
    Column::median("overhead, ns", BEYOND),
    Column::median("overhead, %", pair::PERCENT),
    Column::median("x allowed", pair::SHARE),
    Column::median("plain, ns", pair::PLAIN),
    Column::median("observed, ns", pair::OBSERVED),
    Column::median("allocations more", pair::BLOCKS),
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
            targets: vec![Target::at_most(ALLOWED.nanoseconds)],
            plot: None,
        },
        Scenario {
            id: "db_query",
            title: "A query of a database, observed",
            note: "one row fetched through a pool of one connection, plain and observed in turn, SQLite's \
                   thread on our processor and PostgreSQL on another. Overhead is the median, over all rounds, of the median difference of a round; allowed are \
                   300 ns or one percent of the plain query, whichever is more. Rows in parentheses compare the plain \
                   query with itself: what they show is noise. PostgreSQL is left out unless `TALLYMARK_TEST_POSTGRES` \
                   is the URL of one, which `bash tests/servers/run.sh exec COMMAND` sees to.",
            columns: COLUMNS,
            key: 0,
            limit: None,
            method: Method::Pairs(queries),
            processes: u32::MAX,
            targets: vec![
                Target::at_most(1.0).of(SQLITE_OURS).in_column(SHARE),
                Target::at_most(1.0).of(POSTGRES_OURS).in_column(SHARE),
            ],
            plot: None,
        },
    ]
}

pub fn statements() -> Vec<Contender> {
    vec![Contender::ours("tallymark", || {
        Built::handle(
            database("bench_statement", Vendor::Sqlite),
            |database, _| database.statement(black_box(SELECT)).finish(Some(1)),
            |&database, done| counted(database, done),
        )
    })]
}

/// What is observed, and the same once more without, which has to take as long.
pub fn queries() -> Vec<Pair> {
    let pair = |plain, observed| Pair { plain, observed, allowed: ALLOWED };
    let mut all = vec![
        pair(
            Contender::limit(SQLITE_PLAIN, || fetch(sqlite, unchecked)),
            Contender::ours(SQLITE_OURS, || observed(sqlite, database("bench_sqlite", Vendor::Sqlite))),
        ),
        pair(
            Contender::limit(SQLITE_PLAIN, || fetch(sqlite, unchecked)),
            Contender::limit(SQLITE_TWICE, || fetch(sqlite, unchecked)),
        ),
    ];
    if postgres_url().is_some() {
        all.extend([
            pair(
                Contender::limit(POSTGRES_PLAIN, || fetch(postgres, unchecked)),
                Contender::ours(POSTGRES_OURS, || {
                    observed(postgres, database("bench_postgres", Vendor::Postgresql))
                }),
            ),
            pair(
                Contender::limit(POSTGRES_PLAIN, || fetch(postgres, unchecked)),
                Contender::limit(POSTGRES_TWICE, || fetch(postgres, unchecked)),
            ),
        ]);
    }
    all
}

fn database(name: &str, vendor: Vendor) -> Database {
    Database::builder(name).vendor(vendor).build().expect("good settings")
}

/// Whether each statement was counted and its duration observed, and all of them have ended.
fn counted(database: Database, done: &Done) -> Result<(), String> {
    let labels = [
        ("db", database.name()),
        ("vendor", database.vendor().static_text()),
        ("operation", SqlOperation::Select.static_text()),
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
        let client = Client::new(async { PgPoolOptions::new().max_connections(1).connect(&url).await });
        let process = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&client.pool);
        let process: i32 = client.runtime.block_on(process).expect("a number");
        beside_us(process);
        client
    });
    CLIENT.clone()
}

/// Keeps the server's end of a connection on a processor that we are not on, as if it ran on another machine; if it runs on
/// this one and lets us. Where both share a processor, each finds its caches full of what the other has read.
fn beside_us(process: i32) {
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    if !name.starts_with("postgres") {
        eprintln!("PostgreSQL runs on another machine");
    } else if let Err(reason) = pin::other(process.unsigned_abs()) {
        eprintln!("PostgreSQL chooses its processor by itself: {reason}");
    }
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
