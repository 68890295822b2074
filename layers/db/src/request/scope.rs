//! Which request a statement belongs to.

use super::{scopes::RequestScopes, tally::Tally};
use crate::Database;
use pin_project_lite::pin_project;
use std::{
    cell::Cell,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};
use tallymark_core::HistogramHandle;

/// What a request has executed so far; nothing before its first statement.
type Statements = Option<Box<Tally>>;

thread_local! {
    /// The statements of the request that this thread is working on, if any. They are two words, so that going from one
    /// request to another is a matter of registers: that happens twice for each poll of each request.
    static CURRENT: Cell<Option<Statements>> = const { Cell::new(None) };
}

/// One request, or another unit of work such as a job: how many statements it executes, and whether it executes the same
/// one over and over.
///
/// When it is dropped, `http_request_db_queries` takes the number of statements. A statement that is executed more often
/// than [`DatabaseBuilder::n_plus_one`](crate::DatabaseBuilder::n_plus_one) allows is counted in `db_n_plus_one_total`, once for each
/// request. Statements are the same if they differ in values alone.
///
/// The HTTP layers enter one for each request. In other places wrap the future, or enter it around code that does not
/// await:
///
/// ```
/// use tallymark_db::{Database, RequestScope};
///
/// let database = Database::builder("scope_example").n_plus_one(3).build()?;
/// let job = async move {
///     for id in 1..=5 {
///         database.statement(&format!("SELECT * FROM lines WHERE parent = {id}")).finish(None);
///     }
/// };
/// # futures::executor::block_on(
/// RequestScope::new().wrap(job)
/// # );
/// # ;
/// let shown = tallymark::registry::snapshot();
/// assert_eq!(shown.counter("db_n_plus_one_total", &[("db", "scope_example")]), Some(1));
/// # Ok::<(), tallymark_db::BuildError>(())
/// ```
///
/// Tasks that a request spawns are not part of it. A scope within a scope counts for itself.
#[derive(Debug)]
#[must_use = "a scope counts what is done while it is entered"]
pub struct RequestScope {
    queries: Option<HistogramHandle>,
    /// `None` while it is entered.
    statements: Option<Statements>,
}

impl RequestScope {
    /// A request begins. [`RequestScopes`] makes those that count elsewhere.
    pub fn new() -> Self {
        RequestScopes::default().scope()
    }

    #[inline]
    pub(super) fn counted(queries: Option<HistogramHandle>) -> Self {
        Self { queries, statements: Some(None) }
    }

    /// What this thread executes belongs to the request until the guard is dropped. Do not hold it across an `await`:
    /// the thread works on other requests then. That is what [`wrap`](Self::wrap) is for.
    #[inline]
    pub fn enter(&mut self) -> Entered<'_> {
        let outer = swap(self.statements.take());
        Entered { scope: self, outer }
    }

    /// What the future executes belongs to the request.
    pub fn wrap<F: Future>(self, future: F) -> Scoped<F> {
        Scoped { future, scope: self }
    }
}

impl Default for RequestScope {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for RequestScope {
    #[inline]
    fn drop(&mut self) {
        let Some(tally) = self.statements.take() else { return };
        if let Some(queries) = self.queries {
            queries.observe(tally.as_ref().map_or(0, |tally| tally.queries()) as f64);
        }
        if let Some(tally) = tally {
            tally.give_back();
        }
    }
}

/// A request that this thread is working on. Made by [`RequestScope::enter`].
#[derive(Debug)]
#[must_use = "dropped at once, nothing belongs to the request"]
pub struct Entered<'a> {
    scope: &'a mut RequestScope,
    outer: Option<Statements>,
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        self.scope.statements = swap(self.outer.take());
    }
}

pin_project! {
    /// A future whose statements belong to a request. Made by [`RequestScope::wrap`].
    #[derive(Debug)]
    pub struct Scoped<F> {
        #[pin]
        future: F,
        scope: RequestScope,
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.scope.enter();
        this.future.poll(context)
    }
}

/// Makes the statements of another request the ones that this thread adds to. On a thread that is ending there are none.
#[inline]
fn swap(mut statements: Option<Statements>) -> Option<Statements> {
    // Where nothing can be put in, they go back to their scope.
    let _ = CURRENT.try_with(|current| statements = current.replace(statements.take()));
    statements
}

/// Whether this thread is working on a request.
#[inline]
pub(crate) fn is_entered() -> bool {
    CURRENT
        .try_with(|current| {
            let statements = current.take();
            let is_entered = statements.is_some();
            current.set(statements);
            is_entered
        })
        .unwrap_or(false)
}

/// Counts a statement for the current request, if there is one.
#[inline]
pub(crate) fn statement(database: Database, most: u32, fingerprint: u64) {
    let _ = CURRENT.try_with(|current| {
        if let Some(statements) = current.take() {
            let fingerprint = fingerprint ^ database.number();
            let mut tally = statements.unwrap_or_else(Tally::take);
            // Zero stands for "none" where fingerprints are kept.
            let times = tally.add(fingerprint.max(1));
            current.set(Some(Some(tally)));
            if times.checked_sub(1) == Some(most) {
                database.repeated();
            }
        }
    });
}
