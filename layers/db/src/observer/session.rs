//! What a connection is in the middle of.

use super::{
    database::Database,
    failure::{ErrorKind, Failure},
    ledger::Ledger,
};
use crate::{
    Vendor,
    models::{Change, Table},
    sql::Control,
};

/// The transaction of one connection, as far as it matters to what is counted: rows of models count when it is committed.
///
/// Transactions are followed through the calls here and through the text of statements, so that `BEGIN`, `SAVEPOINT` and
/// `COMMIT` sent as text are understood too. Dropped, it forgets what was not committed, as the database does.
///
/// ```
/// use tallymark::{Model, ModelMetrics, db::{Database, Session}};
///
/// #[derive(ModelMetrics)]
/// #[model(name = "session_example", table = "things")]
/// struct Thing;
///
/// let rows = || tallymark::registry::snapshot().counter("model_inserts_total", &[("model", "session_example")]);
/// let database = Database::builder("session_example").build()?;
/// let mut session = Session::new(database);
/// session.begin();
/// database.statement("INSERT INTO things VALUES (1), (2)").done_in(&mut session, Some(2));
/// assert_eq!(rows().unwrap_or(0), 0);
/// session.commit();
/// assert_eq!(rows(), Some(2));
/// # let _ = Thing;
/// # Ok::<(), tallymark::db::BuildError>(())
/// ```
#[derive(Debug)]
pub struct Session {
    database: Database,
    ledger: Ledger,
}

impl Session {
    /// A connection that is in no transaction.
    pub fn new(database: Database) -> Self {
        Self { database, ledger: Ledger::default() }
    }

    /// The database.
    pub fn database(&self) -> Database {
        self.database
    }

    /// Whether a transaction is open.
    pub fn is_open(&self) -> bool {
        self.ledger.is_open()
    }

    /// The driver has begun a transaction, or set a savepoint in the open one.
    pub fn begin(&mut self) {
        self.ledger.begin();
    }

    /// The driver has committed the transaction, or released the savepoint of the last [`begin`](Self::begin).
    pub fn commit(&mut self) {
        self.ledger.commit();
    }

    /// The driver has rolled the transaction back, or to the savepoint of the last [`begin`](Self::begin).
    pub fn rollback(&mut self) {
        self.ledger.rollback();
    }

    /// The connection was reset: whatever was open is rolled back.
    pub fn reset(&mut self) {
        self.ledger.rollback_all();
    }

    pub(super) fn write(&mut self, table: &'static Table, change: Change, rows: u64) {
        if rows > 0 {
            table.seen(change);
        }
        if table.is_on_statement() || self.database.observed().settings.on_statement {
            table.count(change, rows);
        } else {
            self.ledger.add(table, change, rows);
        }
    }

    pub(super) fn control(&mut self, control: Control) {
        match control {
            Control::None => {}
            Control::Begin => {
                // A second one is an error or a warning, and no savepoint.
                if !self.ledger.is_open() {
                    self.ledger.begin();
                }
            }
            Control::Commit => self.ledger.commit_all(),
            Control::Rollback => self.ledger.rollback_all(),
            Control::Savepoint(name) => self.ledger.mark(Some(name)),
            Control::Release(name) => self.ledger.release(name),
            Control::RollbackTo(name) => self.ledger.rollback_to(name),
        }
    }

    /// What the database does to a transaction in which a statement has failed.
    pub(super) fn failed(&mut self, failure: Failure) {
        if !self.ledger.is_open() || !failure.is_of_database() {
            return;
        }
        match self.database.vendor() {
            // COMMIT is answered without an error, and rolls back.
            Vendor::Postgresql => self.ledger.abort(),
            // A deadlock rolls back at once; what comes then is in no transaction.
            Vendor::Mysql if failure.kind() == ErrorKind::Conflict && failure.has_code("40001") => {
                self.ledger.rollback_all();
            }
            _ => {}
        }
    }
}
