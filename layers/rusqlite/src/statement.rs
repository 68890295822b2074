//! A prepared statement under observation.

use super::{
    observation::Observation,
    rows::{AndThenRows, InstrumentedRows, MappedRows},
};
use rusqlite::{BindIndex, CachedStatement, Params, Result, Row, Statement, ToSql};
use std::{fmt, ops::Deref};

enum Prepared<'c> {
    Own(Statement<'c>),
    Cached(CachedStatement<'c>),
}

impl<'c> Prepared<'c> {
    fn get(&self) -> &Statement<'c> {
        match self {
            Self::Own(statement) => statement,
            Self::Cached(statement) => statement,
        }
    }

    fn get_mut(&mut self) -> &mut Statement<'c> {
        match self {
            Self::Own(statement) => statement,
            Self::Cached(statement) => statement,
        }
    }
}

/// A prepared statement under observation, with the methods of a [`Statement`]. Made by
/// [`prepare`](super::InstrumentedConnection::prepare) and [`prepare_cached`](super::InstrumentedConnection::prepare_cached).
pub struct InstrumentedStatement<'c> {
    observation: &'c Observation<'c>,
    sql: Box<str>,
    prepared: Prepared<'c>,
}

impl<'c> InstrumentedStatement<'c> {
    pub(super) fn own(observation: &'c Observation<'c>, sql: &str, prepared: Statement<'c>) -> Self {
        Self { observation, sql: sql.into(), prepared: Prepared::Own(prepared) }
    }

    pub(super) fn cached(observation: &'c Observation<'c>, sql: &str, prepared: CachedStatement<'c>) -> Self {
        Self { observation, sql: sql.into(), prepared: Prepared::Cached(prepared) }
    }

    /// Executes the statement, and returns how many rows it has changed.
    ///
    /// # Errors
    ///
    /// Those of [`Statement::execute`].
    pub fn execute<P: Params>(&mut self, params: P) -> Result<usize> {
        let statement = self.observation.begin(&self.sql);
        let result = self.prepared.get_mut().execute(params);
        self.observation.settle(statement, result)
    }

    /// Executes an `INSERT`, and returns the number of the row.
    ///
    /// # Errors
    ///
    /// Those of [`Statement::insert`].
    pub fn insert<P: Params>(&mut self, params: P) -> Result<i64> {
        let statement = self.observation.begin(&self.sql);
        let result = self.prepared.get_mut().insert(params);
        self.observation.settle(statement, result)
    }

    /// Returns the rows. The statement is executed when the first is asked for.
    ///
    /// # Errors
    ///
    /// Those of [`Statement::query`].
    pub fn query<P: Params>(&mut self, params: P) -> Result<InstrumentedRows<'_>> {
        let rows = self.observation.prepared(&self.sql, self.prepared.get_mut().query(params))?;
        Ok(InstrumentedRows::new(self.observation, &self.sql, rows))
    }

    /// Returns what `f` makes of each row.
    ///
    /// # Errors
    ///
    /// Those of [`Statement::query_map`].
    pub fn query_map<T, P, F>(&mut self, params: P, f: F) -> Result<MappedRows<'_, F>>
    where
        P: Params,
        F: FnMut(&Row<'_>) -> Result<T>,
    {
        Ok(self.query(params)?.mapped(f))
    }

    /// Returns what `f`, which has errors of its own, makes of each row.
    ///
    /// # Errors
    ///
    /// Those of [`Statement::query_and_then`].
    pub fn query_and_then<T, E, P, F>(&mut self, params: P, f: F) -> Result<AndThenRows<'_, F>>
    where
        P: Params,
        E: From<rusqlite::Error>,
        F: FnMut(&Row<'_>) -> Result<T, E>,
    {
        Ok(self.query(params)?.and_then(f))
    }

    /// Whether there is a row.
    ///
    /// # Errors
    ///
    /// Those of [`Statement::exists`].
    pub fn exists<P: Params>(&mut self, params: P) -> Result<bool> {
        Ok(self.query(params)?.next()?.is_some())
    }

    /// Calls `f` with the first row.
    ///
    /// # Errors
    ///
    /// Those of [`Statement::query_row`].
    pub fn query_row<T, P, F>(&mut self, params: P, f: F) -> Result<T>
    where
        P: Params,
        F: FnOnce(&Row<'_>) -> Result<T>,
    {
        f(self.query(params)?.expected()?)
    }

    /// Calls `f` with the only row.
    ///
    /// # Errors
    ///
    /// Those of [`Statement::query_one`].
    pub fn query_one<T, P, F>(&mut self, params: P, f: F) -> Result<T>
    where
        P: Params,
        F: FnOnce(&Row<'_>) -> Result<T>,
    {
        let mut rows = self.query(params)?;
        let value = f(rows.expected()?)?;
        if rows.next()?.is_some() {
            return Err(rusqlite::Error::QueryReturnedMoreThanOneRow);
        }
        Ok(value)
    }

    /// Binds a parameter, for [`raw_execute`](Self::raw_execute) and [`raw_query`](Self::raw_query).
    ///
    /// # Errors
    ///
    /// Those of [`Statement::raw_bind_parameter`].
    pub fn raw_bind_parameter<I: BindIndex, T: ToSql>(&mut self, index: I, parameter: T) -> Result<()> {
        self.prepared.get_mut().raw_bind_parameter(index, parameter)
    }

    /// Executes the statement with the parameters that are bound.
    ///
    /// # Errors
    ///
    /// Those of [`Statement::raw_execute`].
    pub fn raw_execute(&mut self) -> Result<usize> {
        let statement = self.observation.begin(&self.sql);
        let result = self.prepared.get_mut().raw_execute();
        self.observation.settle(statement, result)
    }

    /// Returns the rows with the parameters that are bound.
    pub fn raw_query(&mut self) -> InstrumentedRows<'_> {
        InstrumentedRows::new(self.observation, &self.sql, self.prepared.get_mut().raw_query())
    }

    /// Binds nothing any more.
    pub fn clear_bindings(&mut self) {
        self.prepared.get_mut().clear_bindings();
    }
}

/// What describes the statement. It cannot be executed that way.
impl<'c> Deref for InstrumentedStatement<'c> {
    type Target = Statement<'c>;

    fn deref(&self) -> &Statement<'c> {
        self.prepared.get()
    }
}

impl fmt::Debug for InstrumentedStatement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedStatement").field("sql", &self.sql).finish_non_exhaustive()
    }
}
