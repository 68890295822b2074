//! A transaction under observation.

use super::{
    connection::InstrumentedConnection,
    driver::{Driver, Link},
    error::failure,
    scope::Scope,
};
use sqlx::{Connection as _, SqlStr, error::Error};
use std::{
    fmt,
    ops::{Deref, DerefMut},
};
use tallymark_db::{Database, Session, Statement, Vendor};

/// A transaction, or a savepoint in one. Rows of models that it writes are counted when it is committed.
///
/// It is used as that of sqlx is: statements take `&mut *transaction`, and dropped it rolls back. A function that takes a
/// `&mut SqliteConnection` takes a `&mut` [`InstrumentedConnection<'_, Sqlite>`](InstrumentedConnection) instead.
#[must_use = "dropped at once, it rolls back"]
pub struct InstrumentedTransaction<'c, DB: Driver> {
    connection: InstrumentedConnection<'c, DB, sqlx::Transaction<'c, DB>>,
    level: Level,
}

/// What sqlx begins and ends a transaction by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Outermost,
    /// A savepoint, whose name is sqlx' own.
    Nested,
}

impl Level {
    const fn begin(self) -> &'static str {
        match self {
            Self::Outermost => "BEGIN",
            Self::Nested => "SAVEPOINT nested",
        }
    }

    const fn commit(self) -> &'static str {
        match self {
            Self::Outermost => "COMMIT",
            Self::Nested => "RELEASE SAVEPOINT nested",
        }
    }

    const fn rollback(self) -> &'static str {
        match self {
            Self::Outermost => "ROLLBACK",
            Self::Nested => "ROLLBACK TO SAVEPOINT nested",
        }
    }

    /// The level of the next transaction that sqlx begins on a connection.
    async fn next<DB: Driver>(session: &Session, raw: &mut DB::Connection) -> Result<Self, Error> {
        if !DB::is_in_transaction(raw) {
            return Ok(Self::Outermost);
        }
        // SQLite rolls back a transaction that was dropped on a thread of its own, and sqlx takes it for open until then.
        if !session.is_open() && session.database().vendor() == Vendor::Sqlite {
            raw.ping().await?;
        }
        Ok(if DB::is_in_transaction(raw) { Self::Nested } else { Self::Outermost })
    }

    /// Takes note that a savepoint could not be ended, which is one that is no longer there. sqlx tries once more by itself,
    /// and loses its place by the error; but `PostgreSQL` aborts the transaction, which both know.
    fn lose(self, session: &mut Session) {
        if self == Self::Nested && session.database().vendor() != Vendor::Postgresql {
            session.lose_track();
        }
    }
}

/// A transaction that is about to begin.
///
/// If it does not, because of an error or because its future is dropped, sqlx rolls back all the same: it undoes what the
/// transaction around it has written, and from then on takes that one for the transaction outside of it.
struct Beginning<'s> {
    session: &'s mut Session,
    level: Level,
    statement: Option<Statement>,
}

impl<'s> Beginning<'s> {
    fn new(session: &'s mut Session, level: Level, sql: &str) -> Self {
        let statement = session.database().statement(sql);
        Self { session, level, statement: Some(statement) }
    }

    /// Counts the statement that has begun the transaction, or has not.
    fn finish<T>(mut self, result: Result<T, Error>) -> Result<T, Error> {
        let Some(statement) = self.statement.take() else { return result };
        match (&result, self.level) {
            (Ok(_), Level::Outermost) => {
                statement.finish_in(self.session, None);
                // Whatever the text of one's own was.
                if !self.session.is_open() {
                    self.session.begin();
                }
            }
            (Ok(_), Level::Nested) => {
                statement.finish_apart();
                self.session.savepoint();
            }
            (Err(error), level) => {
                fail(statement, self.session, error);
                if level == Level::Nested {
                    self.session.lose_track();
                }
            }
        }
        result
    }
}

impl Drop for Beginning<'_> {
    fn drop(&mut self) {
        if let Some(statement) = self.statement.take() {
            statement.cancel_in(self.session);
            if self.level == Level::Nested {
                self.session.lose_track();
            }
        }
    }
}

fn fail(statement: Statement, session: &mut Session, error: &Error) {
    match failure(error, session.database().vendor()) {
        Some(failure) => statement.fail_in(session, failure),
        None => statement.finish_apart(),
    }
}

impl<DB: Driver> InstrumentedTransaction<'static, DB> {
    /// Begins one on a connection of its own.
    pub(super) async fn begin(
        connection: sqlx::pool::PoolConnection<DB>,
        sql: Option<SqlStr>,
        database: Database,
        capacity: u64,
    ) -> Result<Self, Error> {
        let level = Level::Outermost;
        let mut session = Session::new(database);
        let text = sql.as_ref().map_or(level.begin(), SqlStr::as_str);
        let beginning = Beginning::new(&mut session, level, text);
        let link = beginning.finish(sqlx::Transaction::begin(connection, sql).await)?;
        Ok(Self {
            connection: InstrumentedConnection::within(link, Scope::transaction(session, capacity)),
            level,
        })
    }
}

impl<DB: Driver, L: Link<Db = DB> + ?Sized> InstrumentedConnection<'_, DB, L> {
    /// Begins a transaction, or sets a savepoint in the one that sqlx has begun.
    ///
    /// # Errors
    ///
    /// Those of sqlx's `begin`.
    pub async fn begin(&mut self) -> Result<InstrumentedTransaction<'_, DB>, Error> {
        let capacity = self.scope.capacity();
        let (session, raw) = (self.scope.session(), self.link.raw());
        let level = Level::next::<DB>(session, raw).await?;
        let is_postgresql = session.database().vendor() == Vendor::Postgresql;
        let beginning = Beginning::new(session, level, level.begin());
        if is_postgresql && level == Level::Outermost {
            // An error of a statement that was cancelled is reported by the next one. sqlx sends `BEGIN` before it reads that, and
            // takes it for an error of `BEGIN`: the transaction goes on, and nobody knows of it. Read before, nothing is sent.
            // Where nothing is left to read, this returns at once.
            if let Err(error) = raw.flush().await {
                return beginning.finish(Err(error));
            }
        }
        let link = beginning.finish(raw.begin().await)?;
        Ok(InstrumentedTransaction {
            connection: InstrumentedConnection::within(link, Scope::within(session, capacity)),
            level,
        })
    }
}

impl<DB: Driver> InstrumentedTransaction<'_, DB> {
    /// Commits.
    ///
    /// # Errors
    ///
    /// Those of sqlx's `commit`; then nothing is counted.
    pub async fn commit(self) -> Result<(), Error> {
        let Self { connection: InstrumentedConnection { link, mut scope, .. }, level } = self;
        let statement = scope.database().statement(level.commit());
        let mut commit = Commit { scope: &mut scope, level, statement: Some(statement) };
        let result = link.commit().await;
        commit.finish(&result);
        result
    }

    /// Rolls back.
    ///
    /// # Errors
    ///
    /// Those of sqlx's `rollback`.
    pub async fn rollback(self) -> Result<(), Error> {
        let Self { connection: InstrumentedConnection { link, mut scope, .. }, level } = self;
        let statement = scope.database().statement(level.rollback());
        let result = link.rollback().await;
        match &result {
            Ok(()) => statement.finish_apart(),
            Err(error) => {
                fail(statement, scope.session(), error);
                level.lose(scope.session());
            }
        }
        // What sqlx could not roll back by a statement, it does by the next on the connection: the scope takes it for that.
        result
    }
}

/// A commit under way. Dropped before its end, nobody knows whether the database has committed.
struct Commit<'a, 'c> {
    scope: &'a mut Scope<'c>,
    level: Level,
    statement: Option<Statement>,
}

impl Commit<'_, '_> {
    fn finish(&mut self, result: &Result<(), Error>) {
        let Some(statement) = self.statement.take() else { return };
        match (result, self.level) {
            (Ok(()), Level::Outermost) => {
                statement.finish_in(self.scope.session(), None);
                self.scope.close();
            }
            (Ok(()), Level::Nested) => {
                statement.finish_apart();
                self.scope.session().commit();
                self.scope.close();
            }
            // Dropped, it is rolled back.
            (Err(error), _) => {
                fail(statement, self.scope.session(), error);
                self.level.lose(self.scope.session());
            }
        }
    }
}

impl Drop for Commit<'_, '_> {
    fn drop(&mut self) {
        if let Some(statement) = self.statement.take() {
            statement.cancel_in(self.scope.session());
            // sqlx rolls back then. That ends the transaction if the commit has not; but where a savepoint was given up, it
            // goes back to one that is no longer there.
            if self.level == Level::Nested {
                self.scope.session().lose_track();
                self.scope.close();
            }
        }
    }
}

impl<'c, DB: Driver> Deref for InstrumentedTransaction<'c, DB> {
    type Target = InstrumentedConnection<'c, DB>;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl<DB: Driver> DerefMut for InstrumentedTransaction<'_, DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

impl<DB: Driver> fmt::Debug for InstrumentedTransaction<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedTransaction")
            .field("database", &self.connection.scope.database())
            .finish_non_exhaustive()
    }
}
