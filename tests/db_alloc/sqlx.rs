//! sqlx.

use crate::{allocations, database, runtime};
use futures::TryStreamExt as _;
use sqlx::{Executor, Sqlite, SqlitePool, sqlite::SqlitePoolOptions};
use tallymark::db::sqlx::Instrumented;

/// Executes a statement in each way, and answers how many allocations that took.
fn executed<'c, E: Executor<'c, Database = Sqlite> + Copy>(
    runtime: &tokio::runtime::Runtime,
    executor: E,
) -> [u64; 4] {
    let select = "SELECT 1 UNION SELECT 2";
    let execute = || _ = runtime.block_on(sqlx::query(select).execute(executor)).expect("it is right");
    let one = || _ = runtime.block_on(sqlx::query(select).fetch_one(executor)).expect("two rows");
    let all = || _ = runtime.block_on(sqlx::query(select).fetch_all(executor)).expect("two rows");
    let stream = || {
        let rows: Vec<_> =
            runtime.block_on(sqlx::query(select).fetch(executor).try_collect()).expect("two rows");
        drop(rows);
    };
    [allocations(execute), allocations(one), allocations(all), allocations(stream)]
}

#[test]
fn a_pool_under_observation_allocates_no_more_than_the_pool() {
    let runtime = runtime();
    let connect = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:");
    let plain: SqlitePool = runtime.block_on(connect).expect("memory is there");
    let observed = Instrumented::new(plain.clone(), database("alloc_sqlx"));
    let (plain, observed) = (executed(&runtime, &plain), executed(&runtime, &observed));
    for (plain, observed) in plain.into_iter().zip(observed) {
        assert!(observed <= plain, "{observed} under observation, {plain} without");
    }
}
