//! A connection, as far as it matters to what is counted.

use super::{
    database::Database,
    entries::Written,
    transaction::{Transaction, TransactionStatus},
    uncounted::Uncounted,
};
use crate::{models::Table, sql::Change};

/// The transaction of one connection: rows of models count when it is committed.
///
/// Transactions are followed through the calls here and through the text of statements, so that `BEGIN`, `SAVEPOINT` and
/// `COMMIT` sent as text are understood too. Dropped, it forgets what was not committed, as the database does.
///
/// ```
/// use tallymark::{Model, ModelMetrics};
/// use tallymark_db::{Database, Session};
///
/// #[derive(ModelMetrics)]
/// #[model(name = "session_example", table = "things")]
/// struct Thing;
///
/// let rows = || tallymark::registry::snapshot().counter("model_inserts_total", &[("model", "session_example")]);
/// let database = Database::builder("session_example").build()?;
/// let mut session = Session::new(database);
/// session.begin();
/// database.statement("INSERT INTO things VALUES (1), (2)").finish_in(&mut session, Some(2));
/// assert_eq!(rows().unwrap_or(0), 0);
/// session.commit();
/// assert_eq!(rows(), Some(2));
/// # let _ = Thing;
/// # Ok::<(), tallymark_db::BuildError>(())
/// ```
#[derive(Debug)]
pub struct Session {
    pub(super) transaction: Transaction,
}

impl Session {
    /// A connection that is in no transaction.
    pub fn new(database: Database) -> Self {
        Self { transaction: Transaction::new(database) }
    }

    /// Returns the database.
    pub fn database(&self) -> Database {
        self.transaction.database()
    }

    /// Whether a transaction is open.
    pub fn is_open(&self) -> bool {
        self.transaction.is_open()
    }

    /// Takes note that the driver has begun a transaction, or set a savepoint in the open one.
    pub fn begin(&mut self) {
        self.transaction.begin();
    }

    /// Takes note that the driver has set a savepoint, for a transaction within one that it has begun. Where a text has
    /// ended that one meanwhile, a savepoint is another thing than the beginning of a transaction.
    pub fn savepoint(&mut self) {
        self.transaction.nest();
    }

    /// Takes note that the driver has committed the transaction, or released the savepoint that it
    /// has set last.
    pub fn commit(&mut self) {
        self.transaction.commit();
    }

    /// Takes note that the driver has rolled the transaction back, or to the savepoint that it has set last.
    pub fn rollback(&mut self) {
        self.transaction.rollback();
    }

    /// Takes note that the driver has tried to end the transaction or savepoint that it has begun last, could not, and will
    /// not try again. What was written in it goes with what is around it.
    pub fn leave(&mut self) {
        self.transaction.leave();
    }

    /// Takes note that the connection was closed or reset: whatever was open is rolled back.
    pub fn reset(&mut self) {
        self.transaction.reset();
    }

    /// Takes note that the connection goes on where it is not observed: whether what is open will be committed is not
    /// known. For connections that go back to a pool without being reset.
    pub fn abandon(&mut self) {
        self.transaction.abandon();
    }

    /// Takes note that what the driver does to transactions is not known any more, such as after an error of its own. What
    /// is written from here on goes uncounted.
    pub fn lose_track(&mut self) {
        self.transaction.lose_track();
    }

    /// Takes the driver's word for whether a transaction is open. For drivers that show it, such as by `SQLite`'s autocommit
    /// flag: called after each statement, it settles what the statement's text leaves open.
    pub fn observe_status(&mut self, status: TransactionStatus) {
        self.transaction.observe(status);
    }

    pub(super) fn write(&mut self, table: &'static Table, change: Change, rows: u64) {
        if rows == 0 {
            return;
        }
        if table.is_on_statement() || self.database().observed().settings.on_statement {
            table.count(change, rows);
        } else {
            self.transaction.write(Written::Rows { table, change, rows });
        }
    }

    pub(super) fn write_uncounted(&mut self, reason: Uncounted) {
        self.transaction.write(Written::Uncounted(reason));
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.transaction.undo_all();
    }
}
