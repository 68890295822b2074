//! Executing and counting.

use super::{
    driver::Driver,
    error::failure,
    generator::{Yielder, next},
    lookup::Lookup,
    query::{Item, Query},
};
use futures_core::stream::BoxStream;
use sqlx::{Database, Describe, Either, Execute, Executor as _, SqlStr, error::Error};
use tallymark_db::{Session, Statement, Vendor};

/// A connection, and the session that its statements belong to.
pub(super) struct ObservedExecutor<'s, DB: Driver> {
    pub(super) session: &'s mut Session,
    pub(super) raw: &'s mut DB::Connection,
    /// How many statements the connection keeps prepared at least; 0 if that is not known.
    pub(super) capacity: u64,
}

impl<'s, DB: Driver> ObservedExecutor<'s, DB> {
    fn begin<'q, E: Execute<'q, DB>>(self, query: E) -> (Query<'q, DB, E>, Execution<'s>, Lookup<'s, DB>) {
        let query = Query::new(query);
        let lookup = Lookup::new(self.raw, self.session.database(), self.capacity, query.is_kept());
        let mut statement = self.session.database().statement(query.text());
        statement.follow(self.session);
        // MariaDB reports no number for it.
        let counts_rows = statement.returns_rows() && self.session.database().vendor() == Vendor::Mysql;
        let statement = Some(statement);
        let execution = Execution { session: self.session, statement, counts_rows, rows: 0, written: None };
        (query, execution, lookup)
    }

    pub(super) async fn execute<'q, E: Execute<'q, DB> + 'q>(
        self,
        query: E,
    ) -> Result<DB::QueryResult, Error> {
        let (query, mut execution, mut lookup) = self.begin(query);
        if execution.has_more_results() {
            let mut sum = DB::QueryResult::default();
            let result = execution
                .read::<DB>(DB::executor(lookup.raw).fetch_many(query), |item| sum.extend(item.left()))
                .await;
            lookup.is_done = result.is_ok();
            return execution.finish(result.map(|()| sum));
        }
        let result = DB::executor(lookup.raw).execute(query).await;
        lookup.is_done = result.is_ok();
        execution.written = result.as_ref().ok().map(DB::rows_affected);
        execution.finish(result)
    }

    pub(super) async fn fetch_all<'q, E: Execute<'q, DB> + 'q>(
        self,
        query: E,
    ) -> Result<Vec<DB::Row>, Error> {
        let (query, mut execution, mut lookup) = self.begin(query);
        if !execution.is_read_for_rows() {
            let result = DB::executor(lookup.raw).fetch_all(query).await;
            lookup.is_done = result.is_ok();
            return execution.finish(result);
        }
        let mut rows = Vec::new();
        let results = DB::executor(lookup.raw).fetch_many(query);
        let result = execution.read::<DB>(results, |item| rows.extend(item.right())).await;
        lookup.is_done = result.is_ok();
        execution.finish(result.map(|()| rows))
    }

    pub(super) async fn fetch_optional<'q, E: Execute<'q, DB> + 'q>(
        self,
        query: E,
    ) -> Result<Option<DB::Row>, Error> {
        let (query, mut execution, mut lookup) = self.begin(query);
        if !execution.is_read_for_rows() {
            let result = DB::executor(lookup.raw).fetch_optional(query).await;
            match result {
                Ok(Some(_)) => lookup.is_done = !DB::IS_SHOWN_LATE,
                Ok(None) => lookup.is_done = true,
                Err(_) => {}
            }
            return execution.finish(result);
        }
        // The number of rows that were written comes after all the rows.
        let mut first = None;
        let results = DB::executor(lookup.raw).fetch_many(query);
        let result = execution
            .read::<DB>(results, |item| {
                if first.is_none() {
                    first = item.right();
                }
            })
            .await;
        lookup.is_done = result.is_ok();
        execution.finish(result.map(|()| first))
    }

    pub(super) async fn fetch_one<'q, E: Execute<'q, DB> + 'q>(self, query: E) -> Result<DB::Row, Error> {
        self.fetch_optional(query).await?.ok_or(Error::RowNotFound)
    }

    /// Yields everything that comes back.
    pub(super) async fn stream<'q, E: Execute<'q, DB> + 'q>(self, query: E, yielder: &Yielder<Item<DB>>) {
        let (query, mut execution, mut lookup) = self.begin(query);
        let mut results = DB::executor(lookup.raw).fetch_many(query);
        while let Some(item) = next(&mut results).await {
            match item {
                Ok(item) => {
                    lookup.is_done = !DB::IS_SHOWN_LATE;
                    execution.see::<DB>(&item);
                    yielder.give(Ok(item)).await;
                }
                Err(error) => {
                    let ended: Result<(), Error> = execution.finish(Err(error));
                    if let Err(error) = ended {
                        yielder.give(Err(error)).await;
                    }
                    return;
                }
            }
        }
        lookup.is_done = true;
        let _ = execution.finish(Ok(()));
    }

    pub(super) async fn prepare_with(
        self,
        sql: SqlStr,
        parameters: &[<DB as Database>::TypeInfo],
    ) -> Result<DB::Statement, Error> {
        let mut lookup = Lookup::<DB>::new(self.raw, self.session.database(), self.capacity, true);
        let result = DB::executor(lookup.raw).prepare_with(sql, parameters).await;
        lookup.is_done = result.is_ok() && !DB::IS_SHOWN_LATE;
        result
    }

    pub(super) async fn describe(self, sql: SqlStr) -> Result<Describe<DB>, Error> {
        DB::executor(self.raw).describe(sql).await
    }
}

/// A statement under way. Dropped before its end, it counts as cancelled, or as ended if a row has come: then the reader
/// has had enough.
struct Execution<'s> {
    session: &'s mut Session,
    statement: Option<Statement>,
    /// As many rows are written as come back.
    counts_rows: bool,
    /// Rows that came since the last result.
    rows: u64,
    /// Rows that were written, once the driver has reported them.
    written: Option<u64>,
}

impl Execution<'_> {
    /// Whether the driver's own `execute` would leave out what is needed.
    fn has_more_results(&self) -> bool {
        self.statement.as_ref().is_some_and(Statement::is_bulk) || self.counts_rows
    }

    /// Whether the results have to be read to their end to learn how many rows were written.
    fn is_read_for_rows(&self) -> bool {
        self.statement.as_ref().is_some_and(|statement| statement.is_bulk() || statement.writes_model())
    }

    /// Reads to the end.
    async fn read<DB: Driver>(
        &mut self,
        mut results: BoxStream<'_, Item<DB>>,
        mut each: impl FnMut(Either<DB::QueryResult, DB::Row>),
    ) -> Result<(), Error> {
        while let Some(item) = next(&mut results).await {
            let item = item?;
            self.see::<DB>(&item);
            each(item);
        }
        Ok(())
    }

    /// Something has come.
    fn see<DB: Driver>(&mut self, item: &Either<DB::QueryResult, DB::Row>) {
        let result = match item {
            Either::Left(result) => DB::rows_affected(result),
            Either::Right(_) => {
                self.rows += 1;
                return;
            }
        };
        let Some(statement) = &mut self.statement else { return };
        let written = if self.counts_rows { self.rows } else { result };
        if statement.is_bulk() {
            statement.record_result(self.session, written);
            self.rows = 0;
        } else {
            self.written = Some(self.written.unwrap_or(0) + written);
        }
    }

    /// It has ended with this result.
    fn finish<T>(mut self, result: Result<T, Error>) -> Result<T, Error> {
        if let Some(statement) = self.statement.take() {
            let vendor = self.session.database().vendor();
            match result.as_ref().err().and_then(|error| failure(error, vendor)) {
                Some(failure) => statement.fail_in(self.session, failure),
                None if statement.is_bulk() => statement.finish_streamed(self.session),
                None => statement.finish_in(self.session, self.written),
            }
        }
        result
    }
}

impl Drop for Execution<'_> {
    fn drop(&mut self) {
        match self.statement.take() {
            Some(statement) if self.rows > 0 => statement.finish_early(self.session),
            Some(statement) => statement.cancel_in(self.session),
            None => {}
        }
    }
}
