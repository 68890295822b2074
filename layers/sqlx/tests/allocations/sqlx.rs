//! sqlx.

use crate::{database, more, runtime};
use futures::TryStreamExt as _;
use sqlx::{Executor, Sqlite, SqlitePool, sqlite::SqlitePoolOptions};
use tallymark::db::sqlx::Instrumented;
use tokio::runtime::Runtime;

const SELECT: &str = "SELECT 1 UNION SELECT 2";

fn execute<'c, E: Executor<'c, Database = Sqlite>>(runtime: &Runtime, executor: E) {
    runtime.block_on(sqlx::query(SELECT).execute(executor)).expect("it is right");
}

fn one<'c, E: Executor<'c, Database = Sqlite>>(runtime: &Runtime, executor: E) {
    runtime.block_on(sqlx::query(SELECT).fetch_one(executor)).expect("two rows");
}

fn all<'c, E: Executor<'c, Database = Sqlite>>(runtime: &Runtime, executor: E) {
    runtime.block_on(sqlx::query(SELECT).fetch_all(executor)).expect("two rows");
}

fn stream<'c, E: Executor<'c, Database = Sqlite>>(runtime: &Runtime, executor: E) {
    let rows: Vec<_> = runtime.block_on(sqlx::query(SELECT).fetch(executor).try_collect()).expect("two rows");
    drop(rows);
}

#[test]
fn a_pool_under_observation_allocates_no_more_than_the_pool() {
    let runtime = &runtime();
    let connect = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:");
    let plain: &SqlitePool = &runtime.block_on(connect).expect("memory is there");
    let observed = &Instrumented::new(plain.clone(), database("alloc_sqlx"));
    for (what, more) in [
        ("execute", more(|| execute(runtime, plain), || execute(runtime, observed))),
        ("fetch_one", more(|| one(runtime, plain), || one(runtime, observed))),
        ("fetch_all", more(|| all(runtime, plain), || all(runtime, observed))),
        ("fetch", more(|| stream(runtime, plain), || stream(runtime, observed))),
    ] {
        assert!(more <= 0, "{what}: {more} more under observation");
    }
}
