//! Random scripts on PostgreSQL: what is counted is what has changed in the tables.

use crate::{
    config,
    scripts::{
        Counts, End, Generator, How, Options, Random, Step, Tally, Vendor, changes, cleanup, forget, schema,
        scripts, seed,
    },
};
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use std::{
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};
use tallymark_tokio_postgres::{Database, InstrumentedClient, InstrumentedTransaction};
use tokio_postgres::{Client, NoTls};

crate::scripts::models!(TokioPostgres);

const TABLE: &str = "tokio_postgres";

const OPTIONS: Options = Options {
    vendor: Vendor::Postgresql,
    nested: true,
    only_nested: false,
    streams: true,
    cancels: true,
    kills: true,
    sees_results: true,
};

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn on_postgresql() {
    let name = format!("scripts_{TABLE}");
    let database = Database::builder(name.as_str()).build().expect("good settings");
    let admin = connected().await;
    for sql in schema(OPTIONS.vendor, TABLE) {
        admin.batch_execute(&sql).await.expect("a new table");
    }
    let seed = seed();
    let mut random = Random::new(seed);
    let mut tally = Tally::default();
    let mut raw = connected().await;
    for _ in 0..scripts(2_000) {
        let script = Generator::new(&mut random, OPTIONS, TABLE).script();
        let before = Counts::of(TABLE, &name);
        let number = raw.query_one("SELECT pg_backend_pid()", &[]).await.expect("a row").get(0);
        let mut client = InstrumentedClient::borrowed(&mut raw, database);
        // A script that hangs says so, long after each could have ended.
        let ended = tokio::time::timeout(
            Duration::from_secs(120),
            steps(&mut client, &script.steps, (&admin, number)),
        );
        assert!(ended.await.is_ok(), "a script hangs, seed {seed}: {script}");
        drop(client);
        // What was sent before it was executed, too, when this was.
        for sql in cleanup(OPTIONS.vendor, TABLE) {
            if raw.batch_execute(&sql).await.is_err() {
                raw = connected().await;
            }
        }
        let row = admin.query_one(&changes(TABLE), &[]).await.expect("a row");
        admin.execute(&forget(TABLE), &[]).await.expect("an empty log");
        let changed = [0, 1, 2].map(|at| row.get::<_, i64>(at).cast_unsigned());
        let counted = Counts::of(TABLE, &name).since(before);
        tally.judge(&script, counted.rows, counted.uncounted, changed);
    }
    tally.report("tokio-postgres", OPTIONS.vendor, seed);
}

async fn connected() -> Client {
    let (client, connection) = config().connect(NoTls).await.expect("a server");
    tokio::spawn(connection);
    client
}

/// What kills the connection that scripts run on: another, and its number.
type Killer<'a> = (&'a Client, i32);

/// Where statements and transactions go.
trait Scope: Send {
    fn client(&self) -> &InstrumentedClient<'_>;
    fn begin(&mut self) -> BoxFuture<'_, Option<InstrumentedTransaction<'_>>>;
}

impl Scope for InstrumentedClient<'_> {
    fn client(&self) -> &InstrumentedClient<'_> {
        self
    }

    fn begin(&mut self) -> BoxFuture<'_, Option<InstrumentedTransaction<'_>>> {
        self.transaction().map(Result::ok).boxed()
    }
}

impl Scope for InstrumentedTransaction<'_> {
    fn client(&self) -> &InstrumentedClient<'_> {
        self
    }

    fn begin(&mut self) -> BoxFuture<'_, Option<InstrumentedTransaction<'_>>> {
        self.transaction().map(Result::ok).boxed()
    }
}

fn steps<'a>(scope: &'a mut dyn Scope, all: &'a [Step], killer: Killer<'a>) -> BoxFuture<'a, ()> {
    Box::pin(async move {
        for step in all {
            match step {
                Step::Sql { text, how } => sql(scope.client(), text, *how).await,
                Step::Kill => {
                    // It may be dead by now.
                    let _ = killer.0.execute("SELECT pg_terminate_backend($1)", &[&killer.1]).await;
                }
                Step::Nested { steps: within, end } => {
                    let Some(mut transaction) = scope.begin().await else { continue };
                    steps(&mut transaction, within, killer).await;
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
async fn sql(client: &InstrumentedClient<'_>, text: &str, how: How) {
    const NONE: [i32; 0] = [];
    match how {
        How::Execute => drop(client.execute(text, &[]).await),
        How::FetchAll => drop(client.query(text, &[]).await),
        How::Text => drop(client.batch_execute(text).await),
        How::FetchOne => {
            if let Ok(rows) = client.query_raw(text, NONE).await {
                let mut rows = pin!(rows);
                // After an error there may be any number of them.
                while let Some(Ok(_)) = rows.next().await {}
            }
        }
        How::DropStream => {
            if let Ok(rows) = client.query_raw(text, NONE).await {
                let _first = pin!(rows).next().await;
            }
        }
        How::Cancel => {
            let mut running = client.execute(text, &[]).boxed();
            for _ in 0..2 {
                if running.poll_unpin(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    }
}
