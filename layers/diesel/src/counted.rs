//! Queries that report how many rows they have written.

use super::observer::DieselObserver;
use diesel::{
    Connection, QueryResult, RunQueryDsl,
    query_dsl::{LoadQuery, methods::ExecuteDsl},
    result::Error,
};

/// The methods of [`RunQueryDsl`](diesel::RunQueryDsl) for statements that write, so that the rows are counted for the
/// model whose table it is. See the [crate].
///
/// They do and return what the methods without `_counted` do. On a connection that is not observed, and for a table
/// that is no model's, they count nothing.
pub trait CountedDsl<C>: RunQueryDsl<C> + Sized {
    /// Executes the statement as [`execute`](diesel::RunQueryDsl::execute) does, and counts the rows that it reports.
    ///
    /// # Errors
    ///
    /// Those of [`execute`](diesel::RunQueryDsl::execute).
    fn execute_counted(self, connection: &mut C) -> QueryResult<usize>
    where
        C: Connection,
        Self: ExecuteDsl<C>,
    {
        counted(connection, |connection| self.execute(connection), |rows| *rows)
    }

    /// Executes a statement with a `RETURNING` clause as [`load`](diesel::RunQueryDsl::load) does, and counts the rows that
    /// come back.
    ///
    /// # Errors
    ///
    /// Those of [`load`](diesel::RunQueryDsl::load).
    fn load_counted<'query, U>(self, connection: &mut C) -> QueryResult<Vec<U>>
    where
        C: Connection,
        Self: LoadQuery<'query, C, U>,
    {
        counted(connection, |connection| self.load(connection), Vec::len)
    }

    /// Executes a statement with a `RETURNING` clause as [`get_results`](diesel::RunQueryDsl::get_results) does, and counts
    /// the rows that come back.
    ///
    /// # Errors
    ///
    /// Those of [`get_results`](diesel::RunQueryDsl::get_results).
    fn get_results_counted<'query, U>(self, connection: &mut C) -> QueryResult<Vec<U>>
    where
        C: Connection,
        Self: LoadQuery<'query, C, U>,
    {
        self.load_counted(connection)
    }

    /// Executes a statement with a `RETURNING` clause and returns its first row, as
    /// [`get_result`](diesel::RunQueryDsl::get_result) does. All rows are read, so that they are counted.
    ///
    /// # Errors
    ///
    /// Those of [`get_result`](diesel::RunQueryDsl::get_result).
    fn get_result_counted<'query, U>(self, connection: &mut C) -> QueryResult<U>
    where
        C: Connection,
        Self: LoadQuery<'query, C, U>,
    {
        self.load_counted(connection)?.into_iter().next().ok_or(Error::NotFound)
    }
}

impl<T: RunQueryDsl<C>, C> CountedDsl<C> for T {}

fn counted<C: Connection, T>(
    connection: &mut C,
    run: impl FnOnce(&mut C) -> QueryResult<T>,
    rows: impl FnOnce(&T) -> usize,
) -> QueryResult<T> {
    let mut counting = Counting::begin(connection);
    let result = run(counting.connection);
    counting.done = true;
    if let Some(observer) = observer(counting.connection) {
        observer.finish_counted(result.as_ref().map(|value| rows(value) as u64));
    }
    result
}

/// A statement whose rows will be reported, unless it panics.
struct Counting<'c, C: Connection> {
    connection: &'c mut C,
    done: bool,
}

impl<'c, C: Connection> Counting<'c, C> {
    fn begin(connection: &'c mut C) -> Self {
        if let Some(observer) = observer(connection) {
            observer.begin_counted();
        }
        Self { connection, done: false }
    }
}

impl<C: Connection> Drop for Counting<'_, C> {
    fn drop(&mut self) {
        if let Some(observer) = observer(self.connection).filter(|_| !self.done) {
            observer.abandon_counted();
        }
    }
}

fn observer<C: Connection>(connection: &mut C) -> Option<&mut DieselObserver> {
    connection.instrumentation().downcast_mut()
}
