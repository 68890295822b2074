//! Observing a statement allocates nothing, once it has begun.

#![cfg(all(feature = "sqlx-sqlite", feature = "diesel", feature = "sea-orm"))]

mod diesel;
mod sea_orm;
mod sqlx;

use allocation_counter::{AllocationInfo, measure};
use tallymark::{
    ModelMetrics, Naming,
    db::{Database, ErrorKind, RequestScope, Session, Vendor},
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

/// How many allocations it takes, after a few rounds.
fn allocations(operation: impl FnMut()) -> u64 {
    warm(operation).count_total
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

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
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
