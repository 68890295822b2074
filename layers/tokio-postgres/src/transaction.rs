//! Transactions and savepoints under observation.

use super::{
    client::{InstrumentedClient, Link},
    execution::{Execution, SharedSession},
};
use std::{fmt, ops::Deref};
use tokio_postgres::{Error, IsolationLevel, Transaction, TransactionBuilder};

/// What tokio-postgres begins and ends a transaction by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Outermost,
    /// A savepoint, whose name is that of tokio-postgres or the application's.
    Savepoint,
}

impl Level {
    const fn commit(self) -> &'static str {
        match self {
            Self::Outermost => "COMMIT",
            Self::Savepoint => "RELEASE savepoint",
        }
    }

    const fn rollback(self) -> &'static str {
        match self {
            Self::Outermost => "ROLLBACK",
            Self::Savepoint => "ROLLBACK TO savepoint",
        }
    }
}

impl InstrumentedClient<'_> {
    /// Begins a transaction.
    ///
    /// # Errors
    ///
    /// Those of [`Client::transaction`](tokio_postgres::Client::transaction).
    pub async fn transaction(&mut self) -> Result<InstrumentedTransaction<'_>, Error> {
        self.build_transaction().start().await
    }

    /// Begins a transaction with settings of its own.
    pub fn build_transaction(&mut self) -> InstrumentedTransactionBuilder<'_> {
        let session = self.session().clone();
        match &mut self.link {
            Link::Own(client) => InstrumentedTransactionBuilder::new(session, client.build_transaction()),
            Link::Borrowed(client) => {
                InstrumentedTransactionBuilder::new(session, client.build_transaction())
            }
            Link::Transaction(_) => unreachable!("a transaction hands out no `&mut` to its client"),
        }
    }
}

/// The settings of a transaction. Made by
/// [`InstrumentedClient::build_transaction`](super::InstrumentedClient::build_transaction).
#[must_use = "the transaction begins when it is started"]
pub struct InstrumentedTransactionBuilder<'t> {
    session: SharedSession,
    builder: TransactionBuilder<'t>,
}

impl<'t> InstrumentedTransactionBuilder<'t> {
    fn new(session: SharedSession, builder: TransactionBuilder<'t>) -> Self {
        Self { session, builder }
    }

    /// Sets the isolation level.
    pub fn isolation_level(mut self, isolation_level: IsolationLevel) -> Self {
        self.builder = self.builder.isolation_level(isolation_level);
        self
    }

    /// Sets whether it may only read.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.builder = self.builder.read_only(read_only);
        self
    }

    /// Sets whether it may wait until it can neither fail nor fail others.
    pub fn deferrable(mut self, deferrable: bool) -> Self {
        self.builder = self.builder.deferrable(deferrable);
        self
    }

    /// Begins the transaction.
    ///
    /// # Errors
    ///
    /// Those of [`TransactionBuilder::start`].
    pub async fn start(self) -> Result<InstrumentedTransaction<'t>, Error> {
        let Self { session, builder } = self;
        let beginning =
            Beginning { execution: Some(session.begin("START TRANSACTION")), session: session.clone() };
        let transaction = beginning.finish(builder.start().await)?;
        let client = InstrumentedClient::within(session, transaction);
        Ok(InstrumentedTransaction { client, level: Level::Outermost })
    }
}

impl fmt::Debug for InstrumentedTransactionBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedTransactionBuilder").finish_non_exhaustive()
    }
}

/// A transaction that is about to begin. If it does not, because of an error or because its future is dropped, tokio-postgres
/// rolls back all the same.
struct Beginning {
    /// There until it has begun.
    execution: Option<Execution>,
    session: SharedSession,
}

impl Beginning {
    fn finish<T>(mut self, result: Result<T, Error>) -> Result<T, Error> {
        let Some(execution) = self.execution.take() else { return result };
        let result = execution.finish(result);
        if result.is_err() {
            self.session.get().rollback();
        }
        result
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        if let Some(execution) = self.execution.take() {
            // It counts as cancelled.
            drop(execution);
            self.session.get().rollback();
        }
    }
}

/// A transaction under observation, or a savepoint in one. Made by
/// [`InstrumentedClient::transaction`](super::InstrumentedClient::transaction).
///
/// It is an [`InstrumentedClient`], and rolls back when it is dropped.
#[must_use = "dropped at once, it rolls back"]
pub struct InstrumentedTransaction<'t> {
    client: InstrumentedClient<'t>,
    level: Level,
}

impl InstrumentedTransaction<'_> {
    /// Sets a savepoint.
    ///
    /// # Errors
    ///
    /// Those of [`Transaction::transaction`].
    pub async fn transaction(&mut self) -> Result<InstrumentedTransaction<'_>, Error> {
        self.begin(None).await
    }

    /// Sets a savepoint of this name.
    ///
    /// # Errors
    ///
    /// Those of [`Transaction::savepoint`].
    pub async fn savepoint(&mut self, name: impl Into<String>) -> Result<InstrumentedTransaction<'_>, Error> {
        self.begin(Some(name.into())).await
    }

    async fn begin(&mut self, name: Option<String>) -> Result<InstrumentedTransaction<'_>, Error> {
        let session = self.client.session().clone();
        let execution = session.begin("SAVEPOINT savepoint");
        let transaction = self.raw();
        let result = match name {
            None => transaction.transaction().await,
            Some(name) => transaction.savepoint(name).await,
        };
        let transaction = execution.finish_apart(result, tallymark_db::Session::savepoint)?;
        let client = InstrumentedClient::within(session, transaction);
        Ok(InstrumentedTransaction { client, level: Level::Savepoint })
    }

    /// Commits the transaction, or releases the savepoint.
    ///
    /// # Errors
    ///
    /// Those of [`Transaction::commit`].
    pub async fn commit(self) -> Result<(), Error> {
        let level = self.level;
        let (ending, transaction) = self.end(level.commit());
        ending.finish(transaction.commit().await, tallymark_db::Session::commit)
    }

    /// Rolls back the transaction, or to the savepoint.
    ///
    /// # Errors
    ///
    /// Those of [`Transaction::rollback`].
    pub async fn rollback(self) -> Result<(), Error> {
        let level = self.level;
        let (ending, transaction) = self.end(level.rollback());
        ending.finish(transaction.rollback().await, tallymark_db::Session::rollback)
    }
}

impl<'t> InstrumentedTransaction<'t> {
    fn raw(&mut self) -> &mut Transaction<'t> {
        match &mut self.client.link {
            Link::Transaction(Some(transaction)) => transaction,
            _ => unreachable!("it is taken when this ends, and nothing else is left then"),
        }
    }

    /// Takes the transaction out, for it to be ended by a statement.
    fn end(mut self, sql: &str) -> (Ending, Transaction<'t>) {
        let session = self.client.session().clone();
        let execution = Some(session.begin(sql));
        let Link::Transaction(Some(transaction)) =
            std::mem::replace(&mut self.client.link, Link::Transaction(None))
        else {
            unreachable!("it is taken when this ends, and nothing else is left then")
        };
        (Ending { execution, session, level: self.level }, transaction)
    }
}

/// A transaction or savepoint that is about to end. tokio-postgres tries that once.
struct Ending {
    /// There until it has ended.
    execution: Option<Execution>,
    session: SharedSession,
    level: Level,
}

impl Ending {
    fn finish(
        mut self,
        result: Result<(), Error>,
        ended: impl FnOnce(&mut tallymark_db::Session),
    ) -> Result<(), Error> {
        let Some(execution) = self.execution.take() else { return result };
        if self.level == Level::Outermost {
            return execution.finish(result);
        }
        let result = execution.finish_apart(result, ended);
        if result.is_err() {
            self.session.get().leave();
        }
        result
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(execution) = self.execution.take() {
            // It counts as cancelled, and nobody knows whether the server has executed it.
            drop(execution);
            if self.level == Level::Savepoint {
                self.session.get().lose_track();
            }
        }
    }
}

impl<'t> Deref for InstrumentedTransaction<'t> {
    type Target = InstrumentedClient<'t>;

    fn deref(&self) -> &InstrumentedClient<'t> {
        &self.client
    }
}

impl fmt::Debug for InstrumentedTransaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedTransaction").field("client", &self.client).finish_non_exhaustive()
    }
}
