//! diesel-async: the same observer, and its own methods that report how many rows were written.

use super::observer::DieselObserver;
use diesel::{QueryResult, result::Error};
use diesel_async::{
    AsyncConnection, RunQueryDsl,
    methods::{ExecuteDsl, LoadQuery},
};
use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
};
use tallymark_db::Database;

/// Observes a connection of diesel-async that is open. It takes the place of the connection's instrumentation.
pub fn observe_async<C: AsyncConnection>(connection: &mut C, database: Database) {
    connection.set_instrumentation(DieselObserver::new(database));
}

/// The methods of diesel-async's [`RunQueryDsl`](diesel_async::RunQueryDsl) for statements that write, so that the rows
/// are counted for the model whose table it is. See the [crate] and [`CountedDsl`](super::CountedDsl).
pub trait AsyncCountedDsl<C>: RunQueryDsl<C> + Sized {
    /// Executes the statement as [`execute`](diesel_async::RunQueryDsl::execute) does, and counts the rows that it reports.
    ///
    /// # Errors
    ///
    /// Those of [`execute`](diesel_async::RunQueryDsl::execute).
    fn execute_counted<'c, 'query>(
        self,
        connection: &'c mut C,
    ) -> impl Future<Output = QueryResult<usize>> + Send
    where
        C: AsyncConnection + Send,
        Self: ExecuteDsl<C> + Send + 'query,
    {
        async move {
            let counting = Counting::begin(connection);
            let result = self.execute(&mut *counting.connection).await;
            counting.finish(result, |rows| *rows)
        }
    }

    /// Executes a statement with a `RETURNING` clause as [`load`](diesel_async::RunQueryDsl::load) does, and counts the rows
    /// that come back.
    ///
    /// # Errors
    ///
    /// Those of [`load`](diesel_async::RunQueryDsl::load).
    fn load_counted<'query, 'c, U>(
        self,
        connection: &'c mut C,
    ) -> impl Future<Output = QueryResult<Vec<U>>> + Send
    where
        U: Send,
        C: AsyncConnection + Send,
        Self: LoadQuery<'query, C, U> + Send + 'query,
    {
        async move {
            let counting = Counting::begin(connection);
            let result = self.load(&mut *counting.connection).await;
            counting.finish(result, Vec::len)
        }
    }

    /// Executes a statement with a `RETURNING` clause and returns its first row, as
    /// [`get_result`](diesel_async::RunQueryDsl::get_result) does. All rows are read, so that they are counted.
    ///
    /// # Errors
    ///
    /// Those of [`get_result`](diesel_async::RunQueryDsl::get_result).
    fn get_result_counted<'query, 'c, U>(
        self,
        connection: &'c mut C,
    ) -> impl Future<Output = QueryResult<U>> + Send
    where
        U: Send,
        C: AsyncConnection + Send,
        Self: LoadQuery<'query, C, U> + Send + 'query,
    {
        async move { self.load_counted(connection).await?.into_iter().next().ok_or(Error::NotFound) }
    }
}

impl<T: RunQueryDsl<C>, C> AsyncCountedDsl<C> for T {}

/// A statement whose rows will be reported, unless its future is dropped.
struct Counting<'c, C: AsyncConnection> {
    connection: &'c mut C,
    done: bool,
}

impl<'c, C: AsyncConnection> Counting<'c, C> {
    fn begin(connection: &'c mut C) -> Self {
        with_observer(connection, DieselObserver::begin_counted);
        Self { connection, done: false }
    }

    fn finish<T>(mut self, result: QueryResult<T>, rows: impl FnOnce(&T) -> usize) -> QueryResult<T> {
        self.done = true;
        let rows = result.as_ref().map(|value| rows(value) as u64);
        with_observer(self.connection, |observer| observer.finish_counted(rows));
        result
    }
}

impl<C: AsyncConnection> Drop for Counting<'_, C> {
    fn drop(&mut self) {
        if !self.done {
            with_observer(self.connection, DieselObserver::abandon_counted);
        }
    }
}

fn with_observer<C: AsyncConnection>(connection: &mut C, call: impl FnOnce(&mut DieselObserver)) {
    // diesel-async panics where an earlier statement, whose future was dropped, still holds the instrumentation. Then
    // the rows go uncounted; what the application asked for is done.
    let _counted = catch_unwind(AssertUnwindSafe(|| {
        if let Some(observer) = connection.instrumentation().downcast_mut::<DieselObserver>() {
            call(observer);
        }
    }));
}
