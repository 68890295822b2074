//! What is about to be executed, with its text to be read before the driver takes it.

use super::driver::Driver;
use sqlx::{
    Database, Either, Execute, SqlStr, Statement as _,
    error::{BoxDynError, Error},
};
use std::marker::PhantomData;

/// A query whose text can be read. Nothing is copied: the driver takes the parts as it would take them of the query.
pub(super) struct Query<'q, DB: Driver, E> {
    parts: Parts<DB, E>,
    lifetime: PhantomData<fn() -> &'q ()>,
}

enum Parts<DB: Driver, E> {
    /// A statement that the application has prepared; the text is the statement's.
    Prepared(E),
    /// Everything else.
    Loose { sql: SqlStr, arguments: Result<Option<DB::Arguments>, BoxDynError>, persistent: bool },
}

impl<'q, DB: Driver, E: Execute<'q, DB>> Query<'q, DB, E> {
    pub(super) fn new(mut query: E) -> Self {
        let parts = if query.statement().is_some() {
            Parts::Prepared(query)
        } else {
            let arguments = query.take_arguments();
            let persistent = query.persistent();
            Parts::Loose { sql: query.sql(), arguments, persistent }
        };
        Self { parts, lifetime: PhantomData }
    }

    pub(super) fn text(&self) -> &str {
        match &self.parts {
            Parts::Prepared(query) => query.statement().map_or("", |statement| statement.sql().as_str()),
            Parts::Loose { sql, .. } => sql.as_str(),
        }
    }
}

impl<'q, DB: Driver, E: Execute<'q, DB>> Execute<'q, DB> for Query<'q, DB, E> {
    fn sql(self) -> SqlStr {
        match self.parts {
            Parts::Prepared(query) => query.sql(),
            Parts::Loose { sql, .. } => sql,
        }
    }

    fn statement(&self) -> Option<&DB::Statement> {
        match &self.parts {
            Parts::Prepared(query) => query.statement(),
            Parts::Loose { .. } => None,
        }
    }

    fn take_arguments(&mut self) -> Result<Option<DB::Arguments>, BoxDynError> {
        match &mut self.parts {
            Parts::Prepared(query) => query.take_arguments(),
            Parts::Loose { arguments, .. } => std::mem::replace(arguments, Ok(None)),
        }
    }

    fn persistent(&self) -> bool {
        match &self.parts {
            Parts::Prepared(query) => query.persistent(),
            Parts::Loose { persistent, .. } => *persistent,
        }
    }
}

/// What a driver sends back: what became of a statement, or a row.
pub(super) type Item<DB> = Result<Either<<DB as Database>::QueryResult, <DB as Database>::Row>, Error>;
