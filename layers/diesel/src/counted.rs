//! Queries that say how many rows they have written.

use super::DieselObserver;
use ::diesel::{
    Connection, QueryResult, RunQueryDsl,
    query_dsl::{LoadQuery, methods::ExecuteDsl},
};

/// The methods of [`RunQueryDsl`](diesel::RunQueryDsl) for statements that write, so that the rows are counted for the
/// model whose table it is. See the [module](super).
///
/// They do and return what the methods without `_counted` do. On a connection that is not observed, and for a table
/// that is no model's, they count nothing.
pub trait CountedDsl<C>: RunQueryDsl<C> + Sized {
    /// [`execute`](diesel::RunQueryDsl::execute).
    ///
    /// # Errors
    ///
    /// The same.
    fn execute_counted(self, connection: &mut C) -> QueryResult<usize>
    where
        C: Connection,
        Self: ExecuteDsl<C>,
    {
        let result = self.execute(connection);
        counted(connection, result, |rows| *rows)
    }

    /// [`load`](diesel::RunQueryDsl::load), for a statement with a `RETURNING` clause: as many rows are counted as come
    /// back.
    ///
    /// # Errors
    ///
    /// The same.
    fn load_counted<'query, U>(self, connection: &mut C) -> QueryResult<Vec<U>>
    where
        C: Connection,
        Self: LoadQuery<'query, C, U>,
    {
        let result = self.load(connection);
        counted(connection, result, Vec::len)
    }

    /// [`get_results`](diesel::RunQueryDsl::get_results), for a statement with a `RETURNING` clause.
    ///
    /// # Errors
    ///
    /// The same.
    fn get_results_counted<'query, U>(self, connection: &mut C) -> QueryResult<Vec<U>>
    where
        C: Connection,
        Self: LoadQuery<'query, C, U>,
    {
        self.load_counted(connection)
    }

    /// [`get_result`](diesel::RunQueryDsl::get_result), for a statement with a `RETURNING` clause that writes one row. If
    /// it writes more, all but the first go uncounted, as they go unread.
    ///
    /// # Errors
    ///
    /// The same.
    fn get_result_counted<'query, U>(self, connection: &mut C) -> QueryResult<U>
    where
        C: Connection,
        Self: LoadQuery<'query, C, U>,
    {
        let result = self.get_result(connection);
        counted(connection, result, |_| 1)
    }
}

impl<T: RunQueryDsl<C>, C> CountedDsl<C> for T {}

fn counted<C: Connection, T>(
    connection: &mut C,
    result: QueryResult<T>,
    rows: impl FnOnce(&T) -> usize,
) -> QueryResult<T> {
    if let Ok(value) = &result
        && let Some(observer) = connection.instrumentation().downcast_mut::<DieselObserver>()
    {
        observer.rows(rows(value));
    }
    result
}
