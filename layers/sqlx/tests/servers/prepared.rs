//! What is counted of prepared statements, beside what the servers report of them.

use crate::{counter, database, url};
use futures::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, Executor as _, MySqlConnection, PgConnection, Row as _, SqlSafeStr as _,
    any::AnyPoolOptions,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::collections::HashSet;
use tallymark::registry::snapshot;
use tallymark_sqlx::{Instrumented, Vendor};

/// Hits, misses and statements that may be either.
fn counts(name: &str) -> [u64; 3] {
    ["hits", "misses", "unknown"]
        .map(|kind| counter(&format!("db_statement_cache_{kind}_total"), &[("db", name)]))
}

/// Numbers below a limit, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

const WAYS: u64 = 7;

/// Executes a text, or has it prepared, by one of the ways there are.
macro_rules! run {
    ($connection:expr, $way:expr, $number:expr) => {{
        let text = AssertSqlSafe(format!("SELECT {} UNION ALL SELECT 0", $number)).into_sql_str();
        let query = sqlx::query(text.clone());
        match $way {
            0 => drop(query.execute($connection).await.expect("it is right")),
            1 => drop(query.fetch_all($connection).await.expect("it is right")),
            2 => drop(query.fetch_one($connection).await.expect("a row")),
            3 => drop(query.fetch_optional($connection).await.expect("it is right")),
            4 => assert!(query.fetch($connection).try_next().await.expect("a row").is_some()),
            5 => drop(query.fetch($connection).try_collect::<Vec<_>>().await.expect("it is right")),
            _ => drop($connection.prepare(text).await.expect("it is right")),
        }
    }};
}

/// What a server reports of a connection: statements prepared so far, and those that it keeps.
#[derive(Debug)]
struct Reported {
    prepared: u64,
    kept: u64,
}

const ROUNDS: u64 = 400;

/// With room for more, everything is known.
fn assert_exact(name: &str, texts: &HashSet<u64>, reported: &Reported) {
    let [hits, misses, unknown] = counts(name);
    assert_eq!((hits + misses, unknown), (ROUNDS, 0), "{name}");
    assert_eq!(misses, texts.len() as u64, "{name}");
    assert_eq!((misses, misses), (reported.prepared, reported.kept), "{name}: {reported:?}");
}

/// Without, nothing is counted that was not so.
fn assert_not_guessed(name: &str, capacity: usize, reported: &Reported) {
    let [hits, misses, unknown] = counts(name);
    assert_eq!(hits + misses + unknown, ROUNDS, "{name}");
    assert_eq!((misses, reported.kept), (capacity as u64, capacity as u64), "{name}: {reported:?}");
    assert!(reported.prepared > misses, "{name}: some have taken the place of others: {reported:?}");
    assert!(hits <= ROUNDS - reported.prepared, "{name}: {reported:?}");
}

async fn reported_by_postgresql(connection: &mut PgConnection) -> Reported {
    // The number of a statement is the last part of its name.
    let sql =
        "SELECT count(*), coalesce(max(substring(name FROM '[0-9]+$')::int8), 0) FROM pg_prepared_statements";
    let row = sqlx::raw_sql(sql).fetch_one(connection).await.expect("a row");
    let [kept, prepared] = [0, 1].map(|column| row.get::<i64, _>(column).cast_unsigned());
    Reported { prepared, kept }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn misses_are_what_postgresql_has_prepared() {
    for (name, capacity) in [("pg_prepared_room", 100), ("pg_prepared_full", 8)] {
        let options: PgConnectOptions = url("TALLYMARK_TEST_POSTGRES").parse().expect("a good URL");
        let options = options.statement_cache_capacity(capacity);
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.expect("a server");
        let pool = Instrumented::new(pool, database(name, Vendor::Postgresql));
        let mut connection = pool.acquire().await.expect("it is idle");
        assert_eq!(reported_by_postgresql(connection.unobserved()).await.prepared, 0);
        let (mut numbers, mut texts) = (Numbers(3), HashSet::new());
        for _ in 0..ROUNDS {
            let (way, number) = (numbers.below(WAYS), numbers.below(20));
            run!(&mut *connection, way, number);
            texts.insert(number);
        }
        let reported = reported_by_postgresql(connection.unobserved()).await;
        if capacity == 100 {
            assert_exact(name, &texts, &reported);
        } else {
            assert_not_guessed(name, capacity, &reported);
        }
        // For a type that it does not know the driver asks by text, which is not kept.
        let create = "DROP TYPE IF EXISTS tallymark_mood; CREATE TYPE tallymark_mood AS ENUM ('glad')";
        if capacity == 100 {
            sqlx::raw_sql(create).execute(&mut *connection).await.expect("a new type");
            for _ in 0..2 {
                sqlx::query("SELECT 'glad'::tallymark_mood").execute(&mut *connection).await.expect("a row");
            }
            let now = reported_by_postgresql(connection.unobserved()).await;
            assert_eq!(
                (now.kept, counts(name)[1..].to_vec()),
                (reported.kept + 1, vec![reported.kept + 1, 0])
            );
            sqlx::raw_sql("DROP TYPE tallymark_mood").execute(&mut *connection).await.expect("it is there");
        }
    }
}

async fn reported_by_mariadb(connection: &mut MySqlConnection) -> Reported {
    let sql = "SHOW SESSION STATUS WHERE Variable_name IN ('Com_stmt_prepare', 'Com_stmt_close')";
    let rows = sqlx::raw_sql(sql).fetch_all(connection).await.expect("two rows");
    let number = |name: &str| {
        let row = rows.iter().find(|row| row.get::<String, _>(0) == name).expect("the row");
        row.get::<String, _>(1).parse::<u64>().expect("a number")
    };
    let prepared = number("Com_stmt_prepare");
    Reported { prepared, kept: prepared - number("Com_stmt_close") }
}

#[tokio::test]
#[ignore = "needs MariaDB"]
async fn misses_are_what_mariadb_has_prepared() {
    for (name, capacity) in [("my_prepared_room", 100), ("my_prepared_full", 8)] {
        let options: MySqlConnectOptions = url("TALLYMARK_TEST_MYSQL").parse().expect("a good URL");
        let options = options.statement_cache_capacity(capacity);
        let pool = MySqlPoolOptions::new().max_connections(1).connect_with(options).await.expect("a server");
        let pool = Instrumented::new(pool, database(name, Vendor::Mysql));
        let mut connection = pool.acquire().await.expect("it is idle");
        assert_eq!(reported_by_mariadb(connection.unobserved()).await.prepared, 0);
        let (mut numbers, mut texts) = (Numbers(4), HashSet::new());
        for _ in 0..ROUNDS {
            let (way, number) = (numbers.below(WAYS), numbers.below(20));
            run!(&mut *connection, way, number);
            texts.insert(number);
        }
        let reported = reported_by_mariadb(connection.unobserved()).await;
        if capacity == 100 {
            assert_exact(name, &texts, &reported);
        } else {
            assert_not_guessed(name, capacity, &reported);
        }
    }
}

/// It shows 0 for the statements of every connection.
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_driver_that_shows_no_number_has_no_families() {
    sqlx::any::install_default_drivers();
    let name = "any_prepared";
    let pool = AnyPoolOptions::new().max_connections(1).connect(&url("TALLYMARK_TEST_POSTGRES")).await;
    let pool = Instrumented::new(pool.expect("a server"), database(name, Vendor::Postgresql));
    for _ in 0..2 {
        sqlx::query("SELECT 1").execute(&pool).await.expect("a row");
    }
    for family in ["hits_total", "misses_total", "unknown_total", "connection_entries"] {
        let family = format!("db_statement_cache_{family}");
        assert_eq!(snapshot().value(&family, &[("db", name)]), None, "{family}");
    }
    assert_eq!(
        counter("db_queries_total", &[("db", name), ("vendor", "postgresql"), ("operation", "select")]),
        2
    );
}
