//! Executing and counting.

use super::{
    driver::Driver,
    query::{Item, Query},
    reading::Reading,
    stream::{Hand, next},
};
use tallymark_db::Session;
use futures_core::stream::BoxStream;
use sqlx::{Database, Describe, Either, Execute, Executor as _, SqlStr, error::Error};

/// What a statement is run on.
pub(super) struct On<'s, DB: Driver> {
    pub(super) session: &'s mut Session,
    pub(super) raw: &'s mut DB::Connection,
}

impl<'s, DB: Driver> On<'s, DB> {
    fn reading<'q, E: Execute<'q, DB>>(
        self,
        query: &Query<'q, DB, E>,
    ) -> (Reading<'s>, &'s mut DB::Connection) {
        (Reading::begin(self.session, query.text()), self.raw)
    }

    pub(super) async fn execute<'q, E: Execute<'q, DB> + 'q>(
        self,
        query: E,
    ) -> Result<DB::QueryResult, Error> {
        let query = Query::new(query);
        let (mut reading, raw) = self.reading(&query);
        if reading.is_bulk() {
            let mut sum = DB::QueryResult::default();
            let results = DB::executor(raw).fetch_many(query);
            let result = follow::<DB>(&mut reading, results, |item| {
                if let Either::Left(result) = item {
                    sum.extend([result]);
                }
            })
            .await;
            return reading.ended(result.map(|()| sum));
        }
        let result = DB::executor(raw).execute(query).await;
        reading.wrote(result.as_ref().ok().map(DB::rows_affected));
        reading.ended(result)
    }

    pub(super) async fn fetch_all<'q, E: Execute<'q, DB> + 'q>(
        self,
        query: E,
    ) -> Result<Vec<DB::Row>, Error> {
        let query = Query::new(query);
        let (mut reading, raw) = self.reading(&query);
        if !reading.is_followed() {
            return reading.ended(DB::executor(raw).fetch_all(query).await);
        }
        let mut rows = Vec::new();
        let result =
            follow::<DB>(&mut reading, DB::executor(raw).fetch_many(query), |item| rows.extend(item.right()))
                .await;
        reading.ended(result.map(|()| rows))
    }

    pub(super) async fn fetch_optional<'q, E: Execute<'q, DB> + 'q>(
        self,
        query: E,
    ) -> Result<Option<DB::Row>, Error> {
        let query = Query::new(query);
        let (mut reading, raw) = self.reading(&query);
        if !reading.is_followed() {
            return reading.ended(DB::executor(raw).fetch_optional(query).await);
        }
        // The number of rows that were written comes after all the rows.
        let mut first = None;
        let results = DB::executor(raw).fetch_many(query);
        let result = follow::<DB>(&mut reading, results, |item| {
            if first.is_none() {
                first = item.right();
            }
        })
        .await;
        reading.ended(result.map(|()| first))
    }

    pub(super) async fn fetch_one<'q, E: Execute<'q, DB> + 'q>(self, query: E) -> Result<DB::Row, Error> {
        self.fetch_optional(query).await?.ok_or(Error::RowNotFound)
    }

    /// Hands over everything that comes back.
    pub(super) async fn stream<'q, E: Execute<'q, DB> + 'q>(self, query: E, hand: &Hand<Item<DB>>) {
        let query = Query::new(query);
        let (mut reading, raw) = self.reading(&query);
        let mut results = DB::executor(raw).fetch_many(query);
        while let Some(item) = next(&mut results).await {
            match &item {
                Ok(item) => reading.see::<DB>(item),
                Err(error) => {
                    reading.failed(error);
                    hand.over(item).await;
                    return;
                }
            }
            hand.over(item).await;
        }
        let _ = reading.ended(Ok(()));
    }

    pub(super) async fn prepare_with(
        self,
        sql: SqlStr,
        parameters: &[<DB as Database>::TypeInfo],
    ) -> Result<DB::Statement, Error> {
        DB::executor(self.raw).prepare_with(sql, parameters).await
    }

    pub(super) async fn describe(self, sql: SqlStr) -> Result<Describe<DB>, Error> {
        DB::executor(self.raw).describe(sql).await
    }
}

/// Reads to the end.
async fn follow<DB: Driver>(
    reading: &mut Reading<'_>,
    mut results: BoxStream<'_, Item<DB>>,
    mut each: impl FnMut(Either<DB::QueryResult, DB::Row>),
) -> Result<(), Error> {
    while let Some(item) = next(&mut results).await {
        let item = item?;
        reading.see::<DB>(&item);
        each(item);
    }
    Ok(())
}
