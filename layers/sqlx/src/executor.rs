//! Pools and connections as executors.

use super::{
    connection::InstrumentedConnection,
    driver::{Driver, Link},
    execution::ObservedExecutor,
    generator::GeneratorStream,
    pool::{Instrumented, acquire},
    query::Item,
    scope::Scope,
};
use futures_core::{future::BoxFuture, stream::BoxStream};
use sqlx::{Database, Describe, Execute, Executor, Pool, SqlStr, error::Error};

/// Runs a method of [`ObservedExecutor`] on a connection of the pool.
macro_rules! on_pool {
    ($self:ident, |$on:ident| $run:expr) => {{
        let (pool, database, capacity) = ($self.inner().clone(), $self.database(), $self.capacity());
        Box::pin(async move {
            let mut connection = acquire(&pool, database).await?;
            let mut scope = Scope::pooled(database, capacity);
            let $on = ObservedExecutor::<DB> { session: scope.session(), raw: &mut connection, capacity };
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
        let (pool, database, capacity) = (self.inner().clone(), self.database(), self.capacity());
        Box::pin(GeneratorStream::new(|yielder| async move {
            match acquire(&pool, database).await {
                Ok(mut connection) => {
                    let mut scope = Scope::pooled(database, capacity);
                    let session = scope.session();
                    let executor = ObservedExecutor::<DB> { session, raw: &mut connection, capacity };
                    executor.stream(query, &yielder).await;
                }
                Err(error) => yielder.give(Err(error)).await,
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

impl<'t, DB: Driver, L: Link<Db = DB> + ?Sized> Executor<'t> for &'t mut InstrumentedConnection<'_, DB, L> {
    type Database = DB;

    fn execute<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<DB::QueryResult, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, DB>,
    {
        Box::pin(self.executor().execute(query))
    }

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Item<DB>>
    where
        't: 'e,
        E: 'q + Execute<'q, DB>,
    {
        Box::pin(GeneratorStream::new(|yielder| async move { self.executor().stream(query, &yielder).await }))
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<DB::Row>, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, DB>,
    {
        Box::pin(self.executor().fetch_all(query))
    }

    fn fetch_one<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<DB::Row, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, DB>,
    {
        Box::pin(self.executor().fetch_one(query))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        't: 'e,
        E: 'q + Execute<'q, DB>,
    {
        Box::pin(self.executor().fetch_optional(query))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [<DB as Database>::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>
    where
        't: 'e,
    {
        Box::pin(self.executor().prepare_with(sql, parameters))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>
    where
        't: 'e,
    {
        Box::pin(self.executor().describe(sql))
    }
}
