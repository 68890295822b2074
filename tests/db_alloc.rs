//! Observing a statement allocates nothing, once it has begun.

#![cfg(feature = "sqlx-sqlite")]

use allocation_counter::{AllocationInfo, measure};
use futures::TryStreamExt as _;
use sqlx::{Executor, Sqlite, SqlitePool, sqlite::SqlitePoolOptions};
use tallymark::{
    ModelMetrics, Naming,
    db::{Database, ErrorKind, RequestScope, Session, Vendor, sqlx::Instrumented},
};

#[derive(ModelMetrics)]
#[model(table = "alloc_rows")]
#[allow(dead_code, reason = "rows are counted by their table")]
struct AllocRow;

/// What it takes after a few rounds, in which all is looked up that is looked up once.
fn warm(mut operation: impl FnMut()) -> AllocationInfo {
    for _ in 0..4 {
        operation();
    }
    measure(operation)
}

#[test]
fn statements_transactions_and_requests() {
    for (name, naming) in [("alloc", Naming::Standard), ("alloc_django", Naming::Django)] {
        let database =
            Database::builder(name).vendor(Vendor::Sqlite).naming(naming).build().expect("good settings");
        let info = warm(|| {
            let mut scope = RequestScope::new();
            let _entered = scope.enter();
            database.statement("WITH a AS (SELECT 1) SELECT * FROM b /* c */ WHERE d = 'e';").done(None);
            database.statement("SELECT 1").failed(ErrorKind::Unique);
            drop(database.statement("UPDATE alloc_rows SET a = 1"));
            let mut session = Session::new(database);
            for sql in ["BEGIN", "INSERT INTO \"alloc_rows\" VALUES (1)", "DELETE FROM alloc_rows", "COMMIT"]
            {
                database.statement(sql).done_in(&mut session, Some(1));
            }
            let mut wait = database.wait();
            wait.watch(|| ());
            wait.done();
        });
        assert_eq!(info.count_total, 0, "{info:?}");
    }
}

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
    [warm(execute), warm(one), warm(all), warm(stream)].map(|info| info.count_total)
}

#[test]
fn a_pool_under_observation_allocates_no_more_than_the_pool() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let connect = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:");
    let plain: SqlitePool = runtime.block_on(connect).expect("memory is there");
    let database = Database::builder("alloc_sqlx").vendor(Vendor::Sqlite).build().expect("good settings");
    let observed = Instrumented::new(plain.clone(), database);
    let (plain, observed) = (executed(&runtime, &plain), executed(&runtime, &observed));
    for (plain, observed) in plain.into_iter().zip(observed) {
        assert!(observed <= plain, "{observed} under observation, {plain} without");
    }
}
