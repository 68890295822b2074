//! Runs scripts by SeaORM. Its statements go to any connection of the pool, so all of a script is one transaction.

use crate::scripts::{
    Counts, End, Generator, How, Options, Random, Step, Tally, Vendor, changes, cleanup, forget, schema,
};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, StreamTrait, TransactionTrait};
use std::{
    task::{Context, Waker},
    time::Duration,
};
use tallymark_sea_orm::{Database, InstrumentedDatabaseConnection, InstrumentedDatabaseTransaction};

crate::scripts::models!(SeaFew SeaMany SeaPg SeaMy);

/// What SeaORM can do.
pub(crate) fn options(vendor: Vendor) -> Options {
    Options {
        vendor,
        nested: true,
        only_nested: true,
        streams: true,
        cancels: true,
        kills: false,
        sees_results: false,
    }
}

/// Runs so many scripts on a connection that is a pool of one, and looks at what has changed on another.
pub(crate) async fn run(
    pool: DatabaseConnection,
    admin: DatabaseConnection,
    options: Options,
    table: &'static str,
    scripts: u64,
    seed: u64,
) {
    let name = format!("scripts_{table}");
    let database = Database::builder(name.as_str()).build().expect("good settings");
    for sql in schema(options.vendor, table) {
        admin.execute_unprepared(&sql).await.expect("a new table");
    }
    let observed = InstrumentedDatabaseConnection::new(pool.clone(), database);
    let mut random = Random::new(seed);
    let mut tally = Tally::default();
    for _ in 0..scripts {
        let script = Generator::new(&mut random, options, table).script();
        let before = Counts::of(table, &name);
        // A script that hangs says so, long after each could have ended.
        let ended = tokio::time::timeout(Duration::from_mins(2), async {
            for step in &script.steps {
                if let Step::Nested { steps: within, end } = step
                    && let Ok(transaction) = observed.begin().await
                {
                    transact(transaction, within, *end).await;
                }
            }
        });
        assert!(ended.await.is_ok(), "a script hangs, seed {seed}: {script}");
        for sql in cleanup(options.vendor, table) {
            let _ = pool.execute_unprepared(&sql).await;
        }
        let counted = Counts::of(table, &name).since(before);
        tally.judge(&script, counted.rows, counted.uncounted, changed(&admin, table).await);
    }
    tally.report("SeaORM", options.vendor, seed);
}

async fn changed(admin: &DatabaseConnection, table: &str) -> [u64; 3] {
    let query = Statement::from_string(admin.get_database_backend(), changes(table));
    let row = admin.query_one_raw(query).await.expect("an answer").expect("a row");
    admin.execute_unprepared(&forget(table)).await.expect("an empty log");
    [0, 1, 2].map(|at| row.try_get_by_index::<i64>(at).expect("a number").cast_unsigned())
}

fn transact(transaction: InstrumentedDatabaseTransaction, steps: &[Step], end: End) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        for step in steps {
            match step {
                Step::Sql { text, how } => sql(&transaction, text, *how).await,
                Step::Kill => {}
                Step::Nested { steps: within, end } => {
                    if let Ok(inner) = transaction.begin().await {
                        transact(inner, within, *end).await;
                    }
                }
            }
        }
        let _ = match end {
            End::Commit => transaction.commit().await,
            End::Rollback => transaction.rollback().await,
            End::Drop => Ok(()),
        };
    })
}

/// Runs one statement. Most fail now and then, which is part of the script.
async fn sql(transaction: &InstrumentedDatabaseTransaction, text: &str, how: How) {
    let backend: DbBackend = ConnectionTrait::get_database_backend(transaction);
    let statement = Statement::from_string(backend, text);
    match how {
        How::Execute => drop(transaction.execute_raw(statement).await),
        How::FetchAll => drop(transaction.query_all_raw(statement).await),
        How::FetchOne => drop(transaction.query_one_raw(statement).await),
        How::Text => drop(transaction.execute_unprepared(text).await),
        How::DropStream => {
            if let Ok(mut stream) = transaction.stream_raw(statement).await {
                drop(stream.next().await);
            }
        }
        How::Cancel => {
            // As text: a connection of MySQL whose statement was cancelled while it was prepared waits for ever (sqlx 0.9).
            let mut running = transaction.execute_unprepared(text).boxed();
            for _ in 0..2 {
                if running.poll_unpin(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    }
}
