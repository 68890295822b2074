//! Observing a statement of sqlx allocates nothing, once it has begun.

#![cfg(feature = "sqlite")]

use allocation_counter::{AllocationInfo, measure};
use futures::TryStreamExt as _;
use sqlx::{Executor, Sqlite, SqlitePool, sqlite::SqlitePoolOptions};
use tallymark_sqlx::{Database, Instrumented, Vendor};
use tokio::runtime::Runtime;

/// What it takes after a few rounds, in which all is looked up that is looked up once.
fn warm(mut operation: impl FnMut()) -> AllocationInfo {
    for _ in 0..4 {
        operation();
    }
    measure(operation)
}

/// How many allocations more the second takes than the first: the median over many pairs, after a few rounds. Where the
/// database is another thread, waiting for it allocates or does not, depending on who is first; that falls on both alike.
fn more(mut plain: impl FnMut(), mut observed: impl FnMut()) -> i64 {
    warm(&mut plain);
    warm(&mut observed);
    let count = |operation: &mut dyn FnMut()| measure(operation).count_total.cast_signed();
    let mut differences: Vec<_> = (0..255).map(|_| -count(&mut plain) + count(&mut observed)).collect();
    differences.sort_unstable();
    differences[differences.len() / 2]
}

fn database(name: &'static str) -> Database {
    Database::builder(name).vendor(Vendor::Sqlite).build().expect("a good name")
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

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
