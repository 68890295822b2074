//! Runs scripts by Diesel's blocking connections.

use super::{Changed, Id, Killer, changes, database};
use crate::scripts::{Counts, End, Generator, How, Options, Random, Step, Tally, cleanup, forget, schema};
use diesel::{
    Connection, QueryResult, RunQueryDsl as _,
    query_builder::SqlQuery,
    query_dsl::{LoadQuery, methods::ExecuteDsl},
    result::Error,
    sql_query,
};
use tallymark_diesel::{CountedDsl as _, observe};

/// What Diesel can do.
pub(crate) fn options(vendor: crate::scripts::Vendor, kills: bool) -> Options {
    Options {
        vendor,
        nested: true,
        only_nested: false,
        streams: false,
        cancels: false,
        kills,
        sees_results: false,
    }
}

/// Runs so many scripts, each on a connection of its own, and looks at what has changed on another.
pub(crate) fn run<C>(
    connect: impl Fn() -> C,
    options: Options,
    table: &'static str,
    (scripts, seed): (u64, u64),
    killer: Option<Killer>,
) where
    C: Connection,
    SqlQuery: ExecuteDsl<C> + LoadQuery<'static, C, Id> + LoadQuery<'static, C, Changed>,
{
    let (name, database) = database(table, options.vendor);
    let mut admin = connect();
    for sql in schema(options.vendor, table) {
        sql_query(sql).execute(&mut admin).expect("a new table");
    }
    let mut random = Random::new(seed);
    let mut tally = Tally::default();
    for _ in 0..scripts {
        let script = Generator::new(&mut random, options, table).script();
        let before = Counts::of(table, &name);
        let mut connection = connect();
        let victim = killer.map(|killer| {
            let number = sql_query(killer.number).get_result::<Id>(&mut connection);
            (killer.kill)(number.expect("a number").id)
        });
        observe(&mut connection, database);
        let mut run = Run { admin: &mut admin, victim: victim.as_deref() };
        run.steps(&mut connection, &script.steps);
        // What cleans up is not part of the script, and the observer must not count it.
        connection.set_instrumentation(|_: diesel::connection::InstrumentationEvent<'_>| {});
        for sql in cleanup(options.vendor, table) {
            let _ = sql_query(sql).execute(&mut connection);
        }
        drop(connection);
        let changed = sql_query(changes(table)).get_result::<Changed>(&mut admin).expect("a row");
        sql_query(forget(table)).execute(&mut admin).expect("an empty log");
        let counted = Counts::of(table, &name).since(before);
        tally.judge(&script, counted.rows, counted.uncounted, changed.rows());
    }
    tally.report("Diesel", options.vendor, seed);
}

struct Run<'a, C> {
    admin: &'a mut C,
    /// What kills the connection.
    victim: Option<&'a str>,
}

impl<C> Run<'_, C>
where
    C: Connection,
    SqlQuery: ExecuteDsl<C> + LoadQuery<'static, C, Id>,
{
    fn steps(&mut self, connection: &mut C, all: &[Step]) {
        for step in all {
            match step {
                Step::Sql { text, how } => sql(connection, text, *how),
                Step::Kill => {
                    if let Some(kill) = self.victim {
                        // It may be dead by now.
                        let _ = sql_query(kill).execute(self.admin);
                    }
                }
                Step::Nested { steps: within, end } => {
                    let _: QueryResult<()> = connection.transaction(|connection| {
                        self.steps(connection, within);
                        if *end == End::Commit { Ok(()) } else { Err(Error::RollbackTransaction) }
                    });
                }
            }
        }
    }
}

/// Runs one statement. Most fail now and then, which is part of the script.
fn sql<C>(connection: &mut C, text: &str, how: How)
where
    C: Connection,
    SqlQuery: ExecuteDsl<C> + LoadQuery<'static, C, Id>,
{
    match how {
        How::Execute | How::DropStream | How::Cancel => drop(sql_query(text).execute_counted(connection)),
        How::FetchAll => drop(sql_query(text).load_counted::<Id>(connection)),
        How::FetchOne => drop(sql_query(text).get_result_counted::<Id>(connection)),
        How::Text => drop(connection.batch_execute(text)),
    }
}
