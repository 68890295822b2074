//! A client under observation.

use super::{
    error::failure,
    execution::{Execution, SharedSession},
    query::{InstrumentedStatement, Query},
    stream::{InstrumentedCopyIn, InstrumentedCopyOut, InstrumentedRowStream, next},
};
use bytes::Buf;
use std::{fmt, pin::pin};
use tallymark_db::{Database, ErrorKind, Vendor};
use tokio_postgres::{
    CancelToken, Client, Config, Connection, Error, Row, SimpleQueryMessage, Socket, Transaction,
    tls::MakeTlsConnect,
    types::{BorrowToSql, ToSql, Type},
};

/// What is under observation.
pub(super) enum Link<'c> {
    Own(Client),
    Borrowed(&'c mut Client),
    /// There until it has ended.
    Transaction(Option<Transaction<'c>>),
}

/// A client under observation, with the methods of a [`Client`] that execute something. See the [crate].
///
/// A function that takes a `&Client`, a `&Transaction` or an `&impl GenericClient` takes an `&InstrumentedClient<'_>` instead, which
/// a transaction is, too:
///
/// ```no_run
/// use tallymark_tokio_postgres::InstrumentedClient;
/// use tokio_postgres::Error;
///
/// async fn pay(client: &InstrumentedClient<'_>, order: i32) -> Result<u64, Error> {
///     client.execute("UPDATE orders SET paid = true WHERE id = $1", &[&order]).await
/// }
///
/// async fn run(client: &mut InstrumentedClient<'_>) -> Result<(), Error> {
///     pay(client, 1).await?;
///     let transaction = client.transaction().await?;
///     pay(&transaction, 2).await?;
///     transaction.commit().await
/// }
/// ```
pub struct InstrumentedClient<'c> {
    session: SharedSession,
    pub(super) link: Link<'c>,
}

/// Rows of values that a statement is given.
type Params<'p> = &'p [&'p (dyn ToSql + Sync)];
/// The same with their types.
type TypedParams<'p> = &'p [(&'p (dyn ToSql + Sync), Type)];

impl InstrumentedClient<'static> {
    /// Observes a client that is in no transaction.
    pub fn new(client: Client, database: Database) -> Self {
        database.set_vendor_if_unset(Vendor::Postgresql);
        Self { session: SharedSession::new(database), link: Link::Own(client) }
    }

    /// Connects as [`Config::connect`] does, and counts that the connection was opened or could not be. The connection that is
    /// returned beside the client has to be polled, by a task of its own as a rule.
    ///
    /// # Errors
    ///
    /// Those of [`Config::connect`].
    pub async fn connect<T: MakeTlsConnect<Socket>>(
        config: &Config,
        tls: T,
        database: Database,
    ) -> Result<(Self, Connection<Socket, T::Stream>), Error> {
        database.set_vendor_if_unset(Vendor::Postgresql);
        match config.connect(tls).await {
            Ok((client, connection)) => {
                database.connection_opened();
                Ok((Self::new(client, database), connection))
            }
            Err(error) => {
                database.connection_failed(failure(&error).unwrap_or(ErrorKind::Connection.into()));
                Err(error)
            }
        }
    }
}

impl<'c> InstrumentedClient<'c> {
    /// Observes a client for as long as it is borrowed, such as one of a pool, which is in no transaction. What it leaves open
    /// when this is dropped goes on where it is not observed, and is counted as uncounted.
    pub fn borrowed(client: &'c mut Client, database: Database) -> Self {
        database.set_vendor_if_unset(Vendor::Postgresql);
        Self { session: SharedSession::new(database), link: Link::Borrowed(client) }
    }

    pub(super) fn within(session: SharedSession, transaction: Transaction<'c>) -> Self {
        Self { session, link: Link::Transaction(Some(transaction)) }
    }

    pub(super) fn session(&self) -> &SharedSession {
        &self.session
    }

    /// Returns the client of tokio-postgres. What is executed on it is not observed.
    pub fn unobserved(&self) -> &Client {
        match &self.link {
            Link::Own(client) => client,
            Link::Borrowed(client) => client,
            Link::Transaction(Some(transaction)) => transaction.client(),
            Link::Transaction(None) => {
                unreachable!("it is taken when it ends, and nothing else is left then")
            }
        }
    }

    fn begin(&self, sql: &str) -> Execution {
        self.session.begin(sql)
    }

    /// Prepares a statement. Each of its executions is counted; what cannot be prepared is counted as a statement that has
    /// failed.
    ///
    /// # Errors
    ///
    /// Those of [`Client::prepare`].
    pub async fn prepare(&self, sql: &str) -> Result<InstrumentedStatement, Error> {
        self.prepare_typed(sql, &[]).await
    }

    /// Prepares a statement whose parameters have these types.
    ///
    /// # Errors
    ///
    /// Those of [`Client::prepare_typed`].
    pub async fn prepare_typed(&self, sql: &str, types: &[Type]) -> Result<InstrumentedStatement, Error> {
        match self.unobserved().prepare_typed(sql, types).await {
            Ok(statement) => Ok(InstrumentedStatement::new(statement, sql)),
            Err(error) => self.begin(sql).finish(Err(error)),
        }
    }

    /// Executes a statement, and returns how many rows it has written.
    ///
    /// # Errors
    ///
    /// Those of [`Client::execute`].
    pub async fn execute<Q: Query + ?Sized>(&self, query: &Q, params: Params<'_>) -> Result<u64, Error> {
        let execution = self.begin(query.text());
        Self::written(execution, self.unobserved().execute(query.raw(), params)).await
    }

    /// Executes a statement whose parameters come from an iterator.
    ///
    /// # Errors
    ///
    /// Those of [`Client::execute_raw`].
    pub async fn execute_raw<Q, P, I>(&self, query: &Q, params: I) -> Result<u64, Error>
    where
        Q: Query + ?Sized,
        P: BorrowToSql,
        I: IntoIterator<Item = P>,
        I::IntoIter: ExactSizeIterator,
    {
        let execution = self.begin(query.text());
        Self::written(execution, self.unobserved().execute_raw(query.raw(), params)).await
    }

    /// Executes a statement that is not prepared, and returns how many rows it has written.
    ///
    /// # Errors
    ///
    /// Those of [`Client::execute_typed`].
    pub async fn execute_typed(&self, sql: &str, params: TypedParams<'_>) -> Result<u64, Error> {
        let execution = self.begin(sql);
        Self::written(execution, self.unobserved().execute_typed(sql, params)).await
    }

    async fn written(
        mut execution: Execution,
        running: impl Future<Output = Result<u64, Error>>,
    ) -> Result<u64, Error> {
        let result = running.await;
        execution.see_written(result.as_ref().ok().copied());
        execution.finish(result)
    }

    /// Returns all rows.
    ///
    /// # Errors
    ///
    /// Those of [`Client::query`].
    pub async fn query<Q: Query + ?Sized>(&self, query: &Q, params: Params<'_>) -> Result<Vec<Row>, Error> {
        Self::all(self.query_raw(query, params.iter().copied()).await?).await
    }

    /// Returns all rows of a statement that is not prepared.
    ///
    /// # Errors
    ///
    /// Those of [`Client::query_typed`].
    pub async fn query_typed(&self, sql: &str, params: TypedParams<'_>) -> Result<Vec<Row>, Error> {
        Self::all(self.query_typed_raw(sql, params.iter().map(|(value, ty)| (*value, ty.clone()))).await?)
            .await
    }

    async fn all(rows: InstrumentedRowStream) -> Result<Vec<Row>, Error> {
        let mut rows = pin!(rows);
        let mut all = Vec::new();
        while let Some(row) = next(&mut rows).await {
            all.push(row?);
        }
        Ok(all)
    }

    /// Returns the only row.
    ///
    /// # Errors
    ///
    /// Those of [`Client::query_one`].
    pub async fn query_one<Q: Query + ?Sized>(&self, query: &Q, params: Params<'_>) -> Result<Row, Error> {
        let execution = self.begin(query.text());
        Self::few(execution, self.unobserved().query_one(query.raw(), params), |_| 1).await
    }

    /// Returns the only row, if there is one.
    ///
    /// # Errors
    ///
    /// Those of [`Client::query_opt`].
    pub async fn query_opt<Q: Query + ?Sized>(
        &self,
        query: &Q,
        params: Params<'_>,
    ) -> Result<Option<Row>, Error> {
        let execution = self.begin(query.text());
        Self::few(execution, self.unobserved().query_opt(query.raw(), params), |row| u64::from(row.is_some()))
            .await
    }

    /// Returns the only row of a statement that is not prepared.
    ///
    /// # Errors
    ///
    /// Those of [`Client::query_typed_one`].
    pub async fn query_typed_one(&self, sql: &str, params: TypedParams<'_>) -> Result<Row, Error> {
        let execution = self.begin(sql);
        Self::few(execution, self.unobserved().query_typed_one(sql, params), |_| 1).await
    }

    /// Returns the only row of a statement that is not prepared, if there is one.
    ///
    /// # Errors
    ///
    /// Those of [`Client::query_typed_opt`].
    pub async fn query_typed_opt(&self, sql: &str, params: TypedParams<'_>) -> Result<Option<Row>, Error> {
        let execution = self.begin(sql);
        Self::few(execution, self.unobserved().query_typed_opt(sql, params), |row| u64::from(row.is_some()))
            .await
    }

    /// Of a statement with `RETURNING`, as many rows were written as come back. That there are too many is all that is known
    /// of an error that says so.
    async fn few<T>(
        mut execution: Execution,
        running: impl Future<Output = Result<T, Error>>,
        rows: impl Fn(&T) -> u64,
    ) -> Result<T, Error> {
        let result = running.await;
        if execution.returns_rows() {
            execution.see_written(result.as_ref().ok().map(rows));
        }
        execution.finish(result)
    }

    /// Returns the rows as a stream.
    ///
    /// # Errors
    ///
    /// Those of [`Client::query_raw`].
    pub async fn query_raw<Q, P, I>(&self, query: &Q, params: I) -> Result<InstrumentedRowStream, Error>
    where
        Q: Query + ?Sized,
        P: BorrowToSql,
        I: IntoIterator<Item = P>,
        I::IntoIter: ExactSizeIterator,
    {
        let execution = self.begin(query.text());
        match self.unobserved().query_raw(query.raw(), params).await {
            Ok(rows) => Ok(InstrumentedRowStream::new(rows, execution)),
            Err(error) => execution.finish(Err(error)),
        }
    }

    /// Returns the rows of a statement that is not prepared as a stream.
    ///
    /// # Errors
    ///
    /// Those of [`Client::query_typed_raw`].
    pub async fn query_typed_raw<P, I>(&self, sql: &str, params: I) -> Result<InstrumentedRowStream, Error>
    where
        P: BorrowToSql,
        I: IntoIterator<Item = (P, Type)>,
    {
        let execution = self.begin(sql);
        match self.unobserved().query_typed_raw(sql, params).await {
            Ok(rows) => Ok(InstrumentedRowStream::new(rows, execution)),
            Err(error) => execution.finish(Err(error)),
        }
    }

    /// Executes all statements of a text, and returns what comes of each.
    ///
    /// # Errors
    ///
    /// Those of [`Client::simple_query`].
    pub async fn simple_query(&self, sql: &str) -> Result<Vec<SimpleQueryMessage>, Error> {
        let mut messages = Vec::new();
        let mut execution = self.begin(sql);
        let result = self.read(sql, &mut execution, |message| messages.push(message)).await;
        execution.finish(result).map(|()| messages)
    }

    /// Executes all statements of a text.
    ///
    /// # Errors
    ///
    /// Those of [`Client::batch_execute`].
    pub async fn batch_execute(&self, sql: &str) -> Result<(), Error> {
        let mut execution = self.begin(sql);
        let result = if execution.is_read_for_results() {
            self.read(sql, &mut execution, drop).await
        } else {
            self.unobserved().batch_execute(sql).await
        };
        execution.finish(result)
    }

    async fn read(
        &self,
        sql: &str,
        execution: &mut Execution,
        mut each: impl FnMut(SimpleQueryMessage),
    ) -> Result<(), Error> {
        let mut messages = pin!(self.unobserved().simple_query_raw(sql).await?);
        while let Some(message) = next(&mut messages).await {
            let message = message?;
            execution.see(&message);
            each(message);
        }
        Ok(())
    }

    /// Begins to copy rows into the database. They are written when the sink is
    /// [finished](InstrumentedCopyIn::finish), and counted then.
    ///
    /// # Errors
    ///
    /// Those of [`Client::copy_in`].
    pub async fn copy_in<Q, T>(&self, query: &Q) -> Result<InstrumentedCopyIn<T>, Error>
    where
        Q: Query + ?Sized,
        T: Buf + 'static + Send,
    {
        let execution = self.begin(query.text());
        match self.unobserved().copy_in(query.raw()).await {
            Ok(sink) => Ok(InstrumentedCopyIn::new(sink, execution)),
            Err(error) => execution.finish(Err(error)),
        }
    }

    /// Copies rows out of the database.
    ///
    /// # Errors
    ///
    /// Those of [`Client::copy_out`].
    pub async fn copy_out<Q: Query + ?Sized>(&self, query: &Q) -> Result<InstrumentedCopyOut, Error> {
        let execution = self.begin(query.text());
        match self.unobserved().copy_out(query.raw()).await {
            Ok(pieces) => Ok(InstrumentedCopyOut::new(pieces, execution)),
            Err(error) => execution.finish(Err(error)),
        }
    }

    /// Returns what cancels a statement that is being executed.
    pub fn cancel_token(&self) -> CancelToken {
        self.unobserved().cancel_token()
    }

    /// Whether the connection is closed.
    pub fn is_closed(&self) -> bool {
        self.unobserved().is_closed()
    }
}

impl Drop for InstrumentedClient<'_> {
    fn drop(&mut self) {
        match &self.link {
            // It is closed, which rolls back.
            Link::Own(_) | Link::Transaction(None) => {}
            // It goes on where it is not observed.
            Link::Borrowed(_) => self.session.get().abandon(),
            // tokio-postgres sends a statement for that, whose end nobody waits for.
            Link::Transaction(Some(_)) => self.session.get().rollback(),
        }
    }
}

impl fmt::Debug for InstrumentedClient<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstrumentedClient")
            .field("database", &self.session.database())
            .finish_non_exhaustive()
    }
}
