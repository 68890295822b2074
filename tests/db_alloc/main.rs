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

/// How many allocations each of the two takes, by turns and after a few rounds, at the least: where the database is
/// another thread, waiting for it allocates or does not, depending on who is first.
fn compared(mut plain: impl FnMut(), mut observed: impl FnMut()) -> (u64, u64) {
    warm(&mut plain);
    warm(&mut observed);
    let pairs = (0..256).map(|_| (measure(&mut plain).count_total, measure(&mut observed).count_total));
    pairs.fold((u64::MAX, u64::MAX), |least, pair| (least.0.min(pair.0), least.1.min(pair.1)))
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
