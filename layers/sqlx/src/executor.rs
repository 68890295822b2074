//! Pools and connections as executors.

use super::{
    connection::Connection,
    driver::{Driver, Link},
    pool::{Instrumented, acquire},
    query::Item,
    run::On,
    stream::Made,
};
use tallymark_db::Session;
use futures_core::{future::BoxFuture, stream::BoxStream};
use sqlx::{Database, Describe, Execute, Executor, Pool, SqlStr, error::Error};

/// Runs a method of [`On`] on a connection of the pool.
macro_rules! on_pool {
    ($self:ident, |$on:ident| $run:expr) => {{
        let (pool, database) = ($self.inner().clone(), $self.database());
        Box::pin(async move {
            let mut connection = acquire(&pool, database).await?;
            let mut session = Session::new(database);
            let $on = On::<DB> { session: &mut session, raw: &mut connection };
            $run.await
        })
    }};
}

impl<'p, DB: Driver> Executor<'p> for &'_ Instrumented<Pool<DB>> {
    type Database = DB;

    fn execute<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<DB::QueryResult, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        on_pool!(self, |on| on.execute(query))
    }

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Item<DB>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let (pool, database) = (self.inner().clone(), self.database());
        Box::pin(Made::new(|hand| async move {
            match acquire(&pool, database).await {
                Ok(mut connection) => {
                    let mut session = Session::new(database);
                    On::<DB> { session: &mut session, raw: &mut connection }.stream(query, &hand).await;
                }
                Err(error) => hand.over(Err(error)).await,
            }
        }))
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<DB::Row>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        on_pool!(self, |on| on.fetch_all(query))
    }

    fn fetch_one<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<DB::Row, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        on_pool!(self, |on| on.fetch_one(query))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        on_pool!(self, |on| on.fetch_optional(query))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [<DB as Database>::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>
    where
        'p: 'e,
    {
        on_pool!(self, |on| on.prepare_with(sql, parameters))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>
    where
        'p: 'e,
    {
        on_pool!(self, |on| on.describe(sql))
    }
}

impl<'t, L: Link> Executor<'t> for &'t mut Connection<'_, L> {
    type Database = L::Db;

    fn execute<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<<L::Db as Database>::QueryResult, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, L::Db>,
    {
        Box::pin(self.on().execute(query))
    }

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Item<L::Db>>
    where
        't: 'e,
        E: 'q + Execute<'q, L::Db>,
    {
        Box::pin(Made::new(|hand| async move { self.on().stream(query, &hand).await }))
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<<L::Db as Database>::Row>, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, L::Db>,
    {
        Box::pin(self.on().fetch_all(query))
    }

    fn fetch_one<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<<L::Db as Database>::Row, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, L::Db>,
    {
        Box::pin(self.on().fetch_one(query))
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<<L::Db as Database>::Row>, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, L::Db>,
    {
        Box::pin(self.on().fetch_optional(query))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [<L::Db as Database>::TypeInfo],
    ) -> BoxFuture<'e, Result<<L::Db as Database>::Statement, Error>>
    where
        't: 'e,
    {
        Box::pin(self.on().prepare_with(sql, parameters))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<L::Db>, Error>>
    where
        't: 'e,
    {
        Box::pin(self.on().describe(sql))
    }
}
