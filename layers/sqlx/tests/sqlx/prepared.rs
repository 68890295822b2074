//! What is counted of prepared statements, beside a cache that the test keeps itself.

use crate::{Pool, database, reader::gauge};
use futures::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::{
    collections::{HashSet, VecDeque},
    pin::pin,
};
use tallymark_sqlx::{Instrumented, InstrumentedConnection};

/// Hits, misses and statements that may be either; `None` if the family is not shown.
fn counts(name: &str) -> [Option<u64>; 3] {
    ["hits", "misses", "unknown"].map(|kind| {
        let name_of_family = format!("db_statement_cache_{kind}_total");
        tallymark::registry::snapshot().counter(&name_of_family, &[("db", name)])
    })
}

fn known(name: &str) -> [u64; 3] {
    counts(name).map(Option::unwrap_or_default)
}

fn options(capacity: usize) -> SqliteConnectOptions {
    SqliteConnectOptions::new().in_memory(true).statement_cache_capacity(capacity)
}

/// A pool of one connection.
async fn pool(name: &str, capacity: usize) -> Pool {
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options(capacity));
    Instrumented::new(pool.await.expect("memory is there"), database(name))
}

/// Numbers below a limit, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn select(number: u64) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("SELECT {number}"))
}

/// Executes a text by one of the ways that read everything there is.
async fn run<'c>(executor: impl sqlx::Executor<'c, Database = sqlx::Sqlite>, way: u64, number: u64) {
    let query = sqlx::query(select(number));
    match way {
        0 => drop(query.execute(executor).await.expect("it is right")),
        1 => drop(query.fetch_all(executor).await.expect("it is right")),
        _ => drop(query.fetch(executor).try_collect::<Vec<_>>().await.expect("it is right")),
    }
}

#[tokio::test]
async fn everything_is_known_while_there_is_room() {
    let name = "prepared_room";
    let pool = pool(name, 50).await;
    let (mut numbers, mut texts) = (Numbers(1), HashSet::new());
    for round in 1..=300 {
        let (way, number) = (numbers.below(3), numbers.below(40));
        match numbers.below(3) {
            0 => run(&pool, way, number).await,
            1 => run(&mut *pool.acquire().await.expect("it is idle"), way, number).await,
            _ => {
                let mut outer = pool.begin().await.expect("it is idle");
                let mut inner = outer.begin().await.expect("one is open");
                run(&mut *inner, way, number).await;
                inner.commit().await.expect("it is open");
                outer.commit().await.expect("it is open");
            }
        }
        texts.insert(number);
        let misses = texts.len() as u64;
        assert_eq!(known(name), [round - misses, misses, 0], "round {round}");
    }
    drop(pool.acquire().await.expect("it is idle"));
    let kept = gauge("db_statement_cache_connection_entries", &[("db", name)]);
    assert_eq!(kept, Some(texts.len() as f64));
}

/// A hit and a statement that takes the place of another leave the same number.
#[tokio::test]
async fn nothing_is_guessed_of_a_cache_that_is_full() {
    let name = "prepared_full";
    let pool = pool(name, 4).await;
    let (mut numbers, mut recent, mut truth) = (Numbers(2), VecDeque::new(), [0, 0]);
    let mut found_and_full = [false; 2];
    for round in 1..=300 {
        let number = numbers.below(6);
        let is_full = recent.len() == 4;
        run(&pool, numbers.below(3), number).await;
        if let Some(at) = recent.iter().position(|&other| other == number) {
            recent.remove(at);
            truth[0] += 1;
        } else {
            if is_full {
                recent.pop_front();
            }
            truth[1] += 1;
        }
        recent.push_back(number);
        let [hits, misses, unknown] = known(name);
        assert!(hits <= truth[0] && misses <= truth[1], "round {round}");
        assert_eq!(hits + misses + unknown, round);
        assert_eq!(unknown > 0, is_full, "round {round}");
        found_and_full[usize::from(is_full)] = true;
    }
    assert_eq!(found_and_full, [true, true]);
    assert!(truth[1] > 4, "some have taken the place of others");
    assert_eq!(known(name)[1], 4);
}

#[tokio::test]
async fn what_the_driver_does_not_keep_is_not_counted() {
    let name = "prepared_apart";
    let pool = pool(name, 50).await;
    for _ in 0..2 {
        sqlx::raw_sql("SELECT 1; SELECT 2").execute(&pool).await.expect("it is right");
        sqlx::query("SELECT 1").persistent(false).execute(&pool).await.expect("it is right");
        (&pool).execute("SELECT 1").await.expect("it is right");
    }
    assert_eq!(counts(name), [Some(0); 3]);
    assert_eq!(gauge("db_statement_cache_connection_entries", &[("db", name)]), Some(0.0));
}

#[tokio::test]
async fn a_cache_that_is_off_finds_nothing() {
    let name = "prepared_off";
    let pool = pool(name, 0).await;
    for way in 0..3 {
        run(&pool, way, 1).await;
    }
    assert_eq!(counts(name), [Some(0), Some(3), Some(0)]);
}

/// The connection is written to by a thread of its own, which may go on when the first row has come.
#[tokio::test]
async fn a_first_row_does_not_show_that_nothing_was_prepared() {
    let name = "prepared_first";
    let pool = pool(name, 50).await;
    for _ in 0..20 {
        sqlx::query("SELECT 1").fetch_one(&pool).await.expect("a row");
    }
    let [hits, misses, unknown] = known(name);
    assert_eq!(hits, 0);
    assert!(misses <= 1);
    assert_eq!(misses + unknown, 20);
    // Where there is no row, the end has come.
    let none = "SELECT 1 WHERE 0";
    for _ in 0..3 {
        assert!(sqlx::query(none).fetch_optional(&pool).await.expect("it is right").is_none());
    }
    assert_eq!(known(name), [2, misses + 1, unknown]);
}

#[tokio::test]
async fn statements_that_do_not_end_well_are_no_hits() {
    let name = "prepared_bad";
    let pool = pool(name, 50).await;
    for bad in ["SELECT", "SELECT nothing", "SELECT"] {
        assert!(sqlx::query(bad).execute(&pool).await.is_err());
    }
    let mut connection = pool.acquire().await.expect("it is idle");
    {
        let mut some = sqlx::query("SELECT 1 UNION SELECT 2").fetch(&mut *connection);
        assert!(some.try_next().await.expect("a row").is_some());
    }
    drop(sqlx::query("SELECT 1").execute(&mut *connection));
    {
        // Whether it is already done or is cancelled depends on the other thread.
        let mut future = pin!(sqlx::query("SELECT 1").execute(&mut *connection));
        let _ = futures::poll!(future.as_mut());
    }
    let [hits, misses, unknown] = known(name);
    assert_eq!(hits, 0);
    assert_eq!(misses + unknown, 5, "what nobody polls is not executed");
}

/// Nobody knows how many statements a connection keeps that the application has opened.
#[tokio::test]
async fn a_connection_of_ones_own_shows_misses() {
    let name = "prepared_own";
    let connection = SqliteConnection::connect_with(&options(50)).await.expect("memory is there");
    let mut connection = InstrumentedConnection::new(connection, database(name));
    for number in [1, 2, 2, 1] {
        run(&mut connection, 0, number).await;
    }
    assert_eq!(counts(name), [None, Some(2), Some(2)]);
    assert_eq!(connection.unobserved().cached_statements_size(), 2);
}

#[tokio::test]
async fn options_that_change_are_followed() {
    let name = "prepared_changed";
    let pool = pool(name, 50).await;
    let twice = async |number| {
        for _ in 0..2 {
            run(&pool, 0, number).await;
        }
    };
    twice(1).await;
    assert_eq!(known(name), [1, 1, 0]);
    pool.set_connect_options(options(2));
    twice(2).await;
    assert_eq!(known(name), [1, 2, 1], "connections of both kinds may be open");
    pool.set_connect_options(options(50));
    twice(3).await;
    assert_eq!(known(name), [1, 3, 2]);
}
