//! What is executed, and its text.

use std::sync::Arc;
use tokio_postgres::{Statement, ToStatement};

/// What [`InstrumentedClient`](super::InstrumentedClient) executes: a text, or an [`InstrumentedStatement`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a text nor an observed statement",
    label = "its text is not known",
    note = "prepare it with `InstrumentedClient::prepare`, or wrap it: `InstrumentedStatement::new(statement, \"SELECT …\")`"
)]
pub trait Query: sealed::Sealed + Sync {
    /// What tokio-postgres is given.
    #[doc(hidden)]
    type Raw: ToStatement + ?Sized + Sync;

    /// Returns the text.
    #[doc(hidden)]
    fn text(&self) -> &str;

    #[doc(hidden)]
    fn raw(&self) -> &Self::Raw;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for str {}
    impl Sealed for String {}
    impl Sealed for super::InstrumentedStatement {}
}

impl Query for str {
    type Raw = str;

    fn text(&self) -> &str {
        self
    }

    fn raw(&self) -> &str {
        self
    }
}

impl Query for String {
    type Raw = str;

    fn text(&self) -> &str {
        self
    }

    fn raw(&self) -> &str {
        self
    }
}

/// A prepared statement and its text, which tokio-postgres does not show. Made by
/// [`InstrumentedClient::prepare`](super::InstrumentedClient::prepare).
#[derive(Clone)]
pub struct InstrumentedStatement {
    statement: Statement,
    sql: Arc<str>,
}

impl InstrumentedStatement {
    /// Joins a statement that was prepared elsewhere, such as by the cache of a pool, and its text.
    pub fn new(statement: Statement, sql: impl Into<Arc<str>>) -> Self {
        Self { statement, sql: sql.into() }
    }

    /// Returns the statement of tokio-postgres.
    pub fn inner(&self) -> &Statement {
        &self.statement
    }
}

impl Query for InstrumentedStatement {
    type Raw = Statement;

    fn text(&self) -> &str {
        &self.sql
    }

    fn raw(&self) -> &Statement {
        &self.statement
    }
}

impl std::fmt::Debug for InstrumentedStatement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InstrumentedStatement").field("sql", &self.sql).finish_non_exhaustive()
    }
}
