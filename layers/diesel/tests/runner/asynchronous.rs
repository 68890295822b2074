//! Runs scripts by diesel-async.

use super::{Changed, Id, Killer, changes, database};
use crate::scripts::{
    Counts, End, Generator, How, Options, Random, Step, Tally, Vendor, cleanup, forget, schema,
};
use diesel::{query_builder::SqlQuery, result::Error, sql_query};
use diesel_async::{
    AsyncConnection, RunQueryDsl as _,
    methods::{ExecuteDsl, LoadQuery},
};
use futures::{FutureExt as _, future::BoxFuture};
use std::{
    task::{Context, Waker},
    time::Duration,
};
use tallymark_diesel::{AsyncCountedDsl as _, observe_async};

/// What diesel-async can do.
pub(crate) fn options(vendor: Vendor, cancels: bool, kills: bool) -> Options {
    Options { vendor, nested: true, only_nested: false, streams: false, cancels, kills, sees_results: false }
}

/// Runs so many scripts, each on a connection of its own, and looks at what has changed on another.
pub(crate) async fn run<C>(
    connect: impl AsyncFn() -> C,
    options: Options,
    table: &'static str,
    (scripts, seed): (u64, u64),
    killer: Option<Killer>,
) where
    C: AsyncConnection + Send,
    SqlQuery: ExecuteDsl<C> + LoadQuery<'static, C, Id> + LoadQuery<'static, C, Changed>,
{
    let (name, database) = database(table, options.vendor);
    let mut admin = connect().await;
    for sql in schema(options.vendor, table) {
        sql_query(sql).execute(&mut admin).await.expect("a new table");
    }
    let mut random = Random::new(seed);
    let mut tally = Tally::default();
    for _ in 0..scripts {
        let script = Generator::new(&mut random, options, table).script();
        let before = Counts::of(table, &name);
        let mut connection = connect().await;
        let victim = match killer {
            Some(killer) => {
                let number = sql_query(killer.number).get_result::<Id>(&mut connection).await;
                Some((killer.kill)(number.expect("a number").id))
            }
            None => None,
        };
        observe_async(&mut connection, database);
        // A script that hangs says so, long after each could have ended.
        let ended = tokio::time::timeout(
            Duration::from_secs(120),
            steps(&mut connection, &mut admin, &script.steps, victim.as_deref()),
        );
        assert!(ended.await.is_ok(), "a script hangs, seed {seed}: {script}");
        // What cleans up is not part of the script, and the observer must not count it.
        connection.set_instrumentation(|_: diesel::connection::InstrumentationEvent<'_>| {});
        for sql in cleanup(options.vendor, table) {
            let _ = sql_query(sql).execute(&mut connection).await;
        }
        drop(connection);
        let changed = sql_query(changes(table)).get_result::<Changed>(&mut admin).await.expect("a row");
        sql_query(forget(table)).execute(&mut admin).await.expect("an empty log");
        let counted = Counts::of(table, &name).since(before);
        tally.judge(&script, counted.rows, counted.uncounted, changed.rows());
    }
    tally.report("diesel-async", options.vendor, seed);
}

fn steps<'a, C>(
    connection: &'a mut C,
    admin: &'a mut C,
    all: &'a [Step],
    victim: Option<&'a str>,
) -> BoxFuture<'a, ()>
where
    C: AsyncConnection + Send,
    SqlQuery: ExecuteDsl<C> + LoadQuery<'static, C, Id>,
{
    Box::pin(async move {
        for step in all {
            match step {
                Step::Sql { text, how } => sql(connection, text, *how).await,
                Step::Kill => {
                    if let Some(kill) = victim {
                        // It may be dead by now.
                        let _ = sql_query(kill).execute(admin).await;
                    }
                }
                Step::Nested { steps: within, end } => {
                    let nested = connection.transaction(async |connection| {
                        steps(connection, admin, within, victim).await;
                        if *end == End::Commit { Ok(()) } else { Err(Error::RollbackTransaction) }
                    });
                    let _ = nested.await;
                }
            }
        }
    })
}

/// Runs one statement. Most fail now and then, which is part of the script.
async fn sql<C>(connection: &mut C, text: &str, how: How)
where
    C: AsyncConnection + Send,
    SqlQuery: ExecuteDsl<C> + LoadQuery<'static, C, Id>,
{
    match how {
        How::Execute | How::DropStream => drop(sql_query(text).execute_counted(connection).await),
        How::FetchAll => drop(sql_query(text).load_counted::<Id>(connection).await),
        How::FetchOne => drop(sql_query(text).get_result_counted::<Id>(connection).await),
        How::Text => drop(connection.batch_execute(text).await),
        How::Cancel => {
            let mut running = sql_query(text).execute_counted(connection).boxed();
            for _ in 0..2 {
                if running.poll_unpin(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    }
}
