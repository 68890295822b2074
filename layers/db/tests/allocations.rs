//! Observing a statement allocates nothing, once it has begun.

use allocation_counter::{AllocationInfo, measure};
use tallymark::ModelMetrics;
use tallymark_db::{Database, ErrorKind, Naming, RequestScope, Session, Vendor};

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
            database.statement("WITH a AS (SELECT 1) SELECT * FROM b /* c */ WHERE d = 'e';").finish(None);
            database.statement("SELECT 1").fail(ErrorKind::Unique);
            drop(database.statement("UPDATE alloc_rows SET a = 1"));
            let mut session = Session::new(database);
            for sql in ["BEGIN", "INSERT INTO \"alloc_rows\" VALUES (1)", "DELETE FROM alloc_rows", "COMMIT"]
            {
                database.statement(sql).finish_in(&mut session, Some(1));
            }
            let mut wait = database.wait();
            wait.watch(|| ());
            wait.finish();
        });
        assert_eq!(info.count_total, 0, "{info:?}");
    }
}
