//! What is about to be executed, with its text to be read before the driver takes it.

use super::driver::Driver;
use sqlx::{
    Database, Either, Execute, SqlStr, Statement as _,
    error::{BoxDynError, Error},
};
use std::marker::PhantomData;

/// A query whose text can be read. Nothing is copied: the driver takes the parts as it would take them of the query.
pub(super) struct Query<'q, DB: Driver, E> {
    text: Text<E>,
    arguments: Result<Option<DB::Arguments>, BoxDynError>,
    persistent: bool,
    lifetime: PhantomData<fn() -> &'q ()>,
}

enum Text<E> {
    /// A statement that the application has prepared; the text is the statement's.
    Prepared(E),
    /// Everything else.
    Loose(SqlStr),
}

impl<'q, DB: Driver, E: Execute<'q, DB>> Query<'q, DB, E> {
    pub(super) fn new(mut query: E) -> Self {
        let arguments = query.take_arguments();
        let persistent = query.persistent();
        let text = if query.statement().is_some() { Text::Prepared(query) } else { Text::Loose(query.sql()) };
        Self { text, arguments, persistent, lifetime: PhantomData }
    }

    pub(super) fn text(&self) -> &str {
        match &self.text {
            Text::Prepared(query) => query.statement().map_or("", |statement| statement.sql().as_str()),
            Text::Loose(sql) => sql.as_str(),
        }
    }

    /// Whether the driver looks for it among the prepared statements of the connection, and keeps it there: text without
    /// arguments, even without an empty list of them, is not prepared.
    pub(super) fn is_kept(&self) -> bool {
        self.persistent && matches!(self.arguments, Ok(Some(_)))
    }
}

impl<'q, DB: Driver, E: Execute<'q, DB>> Execute<'q, DB> for Query<'q, DB, E> {
    fn sql(self) -> SqlStr {
        match self.text {
            Text::Prepared(query) => query.sql(),
            Text::Loose(sql) => sql,
        }
    }

    fn statement(&self) -> Option<&DB::Statement> {
        match &self.text {
            Text::Prepared(query) => query.statement(),
            Text::Loose(_) => None,
        }
    }

    fn take_arguments(&mut self) -> Result<Option<DB::Arguments>, BoxDynError> {
        std::mem::replace(&mut self.arguments, Ok(None))
    }

    fn persistent(&self) -> bool {
        self.persistent
    }
}

/// What a driver sends back: what became of a statement, or a row.
pub(super) type Item<DB> = Result<Either<<DB as Database>::QueryResult, <DB as Database>::Row>, Error>;
