//! Runs scripts by sqlx.

use crate::scripts::{
    Counts, End, Generator, How, Options, Random, Step, Tally, changes, cleanup, forget, schema,
};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use sqlx::{
    AssertSqlSafe, ColumnIndex, Connection as _, Database as Db, Decode, Executor, IntoArguments, Pool, Row,
    Type,
};
use std::{
    task::{Context, Waker},
    time::Duration,
};
use tallymark_sqlx::{Database, Driver, Instrumented, InstrumentedConnection};

crate::scripts::models!(HarnessFew HarnessMany HarnessPg HarnessMy);

/// How the connection is killed that scripts run on.
pub(crate) struct Killer<DB: Db> {
    pub(crate) admin: Pool<DB>,
    /// The query for the number of a connection.
    pub(crate) number: &'static str,
    /// The statement that kills the connection of a number.
    pub(crate) kill: fn(i64) -> String,
}

/// Runs so many scripts on connections of a pool, and looks at what has changed on one of another, which is the same where
/// there can be only one.
#[expect(clippy::too_many_arguments, reason = "called four times, by name")]
pub(crate) async fn run<DB: Driver>(
    adapter: &str,
    pool: Pool<DB>,
    admin: Pool<DB>,
    options: Options,
    table: &'static str,
    scripts: u64,
    seed: u64,
    killer: Option<Killer<DB>>,
) where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    usize: ColumnIndex<DB::Row>,
    for<'r> i64: Decode<'r, DB> + Type<DB>,
{
    let name = format!("scripts_{table}");
    let database = Database::builder(name.as_str()).build().expect("good settings");
    for sql in schema(options.vendor, table) {
        admin.execute(AssertSqlSafe(sql)).await.expect("a new table");
    }
    let observed = Instrumented::new(pool.clone(), database);
    let mut random = Random::new(seed);
    let mut tally = Tally::default();
    for number in 0..scripts {
        if number % 500 == 499 {
            eprintln!("scripts: {adapter} on {:?}, {} of {scripts}", options.vendor, number + 1);
        }
        let script = Generator::new(&mut random, options, table).script();
        let before = Counts::of(table, &name);
        {
            let mut connection = observed.acquire().await.expect("a connection");
            let victim = match &killer {
                Some(killer) => {
                    let number = sqlx::query_scalar(killer.number).fetch_one(connection.unobserved()).await;
                    Some((killer, number.expect("a number")))
                }
                None => None,
            };
            // A script that hangs says so, long after each could have ended.
            let ended =
                tokio::time::timeout(Duration::from_mins(2), steps(&mut connection, &script.steps, victim));
            assert!(ended.await.is_ok(), "a script hangs, seed {seed}: {script}");
        }
        if let Ok(mut connection) = pool.acquire().await {
            for sql in cleanup(options.vendor, table) {
                let _ = connection.execute(AssertSqlSafe(sql)).await;
            }
            // A commit that fails leaves sqlx in the belief that its transaction goes on, whoever gets the connection next.
            if connection.is_in_transaction() {
                let _ = connection.close().await;
            }
        }
        let counted = Counts::of(table, &name).since(before);
        tally.judge(&script, counted.rows, counted.uncounted, changed(&admin, table).await);
    }
    tally.report(adapter, options.vendor, seed);
}

async fn changed<DB: Driver>(admin: &Pool<DB>, table: &str) -> [u64; 3]
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    usize: ColumnIndex<DB::Row>,
    for<'r> i64: Decode<'r, DB> + Type<DB>,
{
    let row = sqlx::query(AssertSqlSafe(changes(table))).fetch_one(admin).await.expect("a row");
    admin
        .acquire()
        .await
        .expect("a connection")
        .execute(AssertSqlSafe(forget(table)))
        .await
        .expect("an empty log");
    [0, 1, 2].map(|at| row.get::<i64, _>(at).cast_unsigned())
}

fn steps<'a, DB: Driver>(
    connection: &'a mut InstrumentedConnection<'_, DB>,
    steps: &'a [Step],
    victim: Option<(&'a Killer<DB>, i64)>,
) -> BoxFuture<'a, ()>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
{
    Box::pin(async move {
        for step in steps {
            match step {
                Step::Sql { text, how } => sql(connection, text, *how).await,
                Step::Kill => {
                    if let Some((killer, number)) = victim {
                        // It may be dead by now.
                        let _ =
                            sqlx::query(AssertSqlSafe((killer.kill)(number))).execute(&killer.admin).await;
                    }
                }
                Step::Nested { steps: within, end } => {
                    let Ok(mut transaction) = connection.begin().await else { continue };
                    self::steps(&mut transaction, within, victim).await;
                    let _ = match end {
                        End::Commit => transaction.commit().await,
                        End::Rollback => transaction.rollback().await,
                        End::Drop => Ok(()),
                    };
                }
            }
        }
    })
}

/// Runs one statement. Most fail now and then, which is part of the script.
async fn sql<DB: Driver>(connection: &mut InstrumentedConnection<'_, DB>, text: &str, how: How)
where
    DB::Arguments: IntoArguments<DB>,
{
    let text = text.to_owned();
    match how {
        How::Execute => drop(sqlx::query(AssertSqlSafe(text)).execute(connection).await),
        How::FetchAll => drop(sqlx::query(AssertSqlSafe(text)).fetch_all(connection).await),
        How::FetchOne => drop(sqlx::query(AssertSqlSafe(text)).fetch_optional(connection).await),
        How::Text => drop(sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).await),
        How::DropStream => drop(sqlx::query(AssertSqlSafe(text)).fetch(connection).next().await),
        How::Cancel => {
            // As text: a connection of MySQL whose statement was cancelled while it was prepared waits for ever (sqlx 0.9).
            let mut running = sqlx::raw_sql(AssertSqlSafe(text)).execute(connection).boxed();
            for _ in 0..2 {
                if running.poll_unpin(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    }
}
