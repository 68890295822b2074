//! The same for diesel-async.

use super::DieselObserver;
use ::diesel::QueryResult;
use diesel_async::{
    AsyncConnection, RunQueryDsl,
    methods::{ExecuteDsl, LoadQuery},
};
use std::panic::{AssertUnwindSafe, catch_unwind};

use tallymark_db::Database;

/// Observes a connection that is open. It takes the place of the connection's instrumentation.
pub fn observe_async<C: AsyncConnection>(connection: &mut C, database: Database) {
    connection.set_instrumentation(DieselObserver::new(database));
}

/// The methods of diesel-async's [`RunQueryDsl`](diesel_async::RunQueryDsl) for statements that write, so that the rows
/// are counted for the model whose table it is. See the [module](super) and [`CountedDsl`](super::CountedDsl).
pub trait AsyncCountedDsl<C>: RunQueryDsl<C> + Sized {
    /// [`execute`](diesel_async::RunQueryDsl::execute).
    ///
    /// # Errors
    ///
    /// The same.
    fn execute_counted<'c, 'query>(
        self,
        connection: &'c mut C,
    ) -> impl Future<Output = QueryResult<usize>> + Send
    where
        C: AsyncConnection + Send,
        Self: ExecuteDsl<C> + Send + 'query,
    {
        async move {
            let result = self.execute(&mut *connection).await;
            counted(connection, result, |rows| *rows)
        }
    }

    /// [`load`](diesel_async::RunQueryDsl::load), for a statement with a `RETURNING` clause: as many rows are counted as
    /// come back.
    ///
    /// # Errors
    ///
    /// The same.
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
            let result = self.load(&mut *connection).await;
            counted(connection, result, Vec::len)
        }
    }

    /// [`get_result`](diesel_async::RunQueryDsl::get_result), for a statement with a `RETURNING` clause that writes one
    /// row.
    ///
    /// # Errors
    ///
    /// The same.
    fn get_result_counted<'query, 'c, U>(
        self,
        connection: &'c mut C,
    ) -> impl Future<Output = QueryResult<U>> + Send
    where
        U: Send,
        C: AsyncConnection + Send,
        Self: LoadQuery<'query, C, U> + Send + 'query,
    {
        async move {
            let result = self.get_result(&mut *connection).await;
            counted(connection, result, |_| 1)
        }
    }
}

impl<T: RunQueryDsl<C>, C> AsyncCountedDsl<C> for T {}

fn counted<C: AsyncConnection, T>(
    connection: &mut C,
    result: QueryResult<T>,
    rows: impl FnOnce(&T) -> usize,
) -> QueryResult<T> {
    if let Ok(value) = &result {
        let rows = rows(value);
        // diesel-async panics where an earlier statement, whose future was dropped, still holds the instrumentation. Then
        // the rows go uncounted; what the application asked for is done.
        let _counted = catch_unwind(AssertUnwindSafe(|| {
            if let Some(observer) = connection.instrumentation().downcast_mut::<DieselObserver>() {
                observer.rows(rows);
            }
        }));
    }
    result
}
