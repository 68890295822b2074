//! Which request a statement belongs to.

use super::{scopes::RequestScopes, tally::Tally};
use crate::db::{Database, sql};
use pin_project_lite::pin_project;
use std::{
    cell::RefCell,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};
use tallymark_core::HistogramHandle;

thread_local! {
    /// The request that this thread is working on, if any.
    static CURRENT: RefCell<Option<Request>> = const { RefCell::new(None) };
}

#[derive(Debug)]
struct Request {
    queries: Option<HistogramHandle>,
    /// There is none before the first statement.
    tally: Option<Box<Tally>>,
}

/// One request, or another unit of work such as a job: how many statements it executes, and whether it executes the same
/// one over and over.
///
/// When it is dropped, `http_request_db_queries` takes the number of statements. A statement that is executed more often
/// than [`Builder::n_plus_one`](crate::db::Builder::n_plus_one) allows is counted in `db_n_plus_one_total`, once for each
/// request. Statements are the same if they differ in values alone.
///
/// The HTTP layers enter one for each request. In other places wrap the future, or enter it around code that does not
/// await:
///
/// ```
/// use tallymark::db::{Database, RequestScope};
///
/// let database = Database::builder("scope_example").n_plus_one(3).build()?;
/// let job = async move {
///     for id in 1..=5 {
///         database.statement(&format!("SELECT * FROM lines WHERE parent = {id}")).done(None);
///     }
/// };
/// # futures::executor::block_on(
/// RequestScope::new().wrap(job)
/// # );
/// # ;
/// let shown = tallymark::registry::snapshot();
/// assert_eq!(shown.counter("db_n_plus_one_total", &[("db", "scope_example")]), Some(1));
/// # Ok::<(), tallymark::db::BuildError>(())
/// ```
///
/// Tasks that a request spawns are not part of it. A scope within a scope counts for itself.
#[derive(Debug)]
#[must_use = "a scope counts what is done while it is entered"]
pub struct RequestScope {
    /// `None` while it is entered.
    request: Option<Request>,
}

impl RequestScope {
    /// A request begins. [`RequestScopes`] makes those that count elsewhere.
    pub fn new() -> Self {
        RequestScopes::default().scope()
    }

    pub(super) fn counted(queries: Option<HistogramHandle>) -> Self {
        Self { request: Some(Request { queries, tally: None }) }
    }

    /// What this thread executes belongs to the request until the guard is dropped. Do not hold it across an `await`:
    /// the thread works on other requests then. That is what [`wrap`](Self::wrap) is for.
    pub fn enter(&mut self) -> Entered<'_> {
        let outer = swap(self.request.take());
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
    fn drop(&mut self) {
        let Some(Request { queries, tally }) = self.request.take() else { return };
        if let Some(queries) = queries {
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
    outer: Option<Request>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.scope.request = swap(self.outer.take());
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

/// Makes another request the one that this thread works on. On a thread that is ending there is none.
fn swap(request: Option<Request>) -> Option<Request> {
    let mut request = Some(request);
    let before = CURRENT.try_with(|current| {
        current.try_borrow_mut().ok().and_then(|mut current| {
            let next = request.take()?;
            std::mem::replace(&mut *current, next)
        })
    });
    // Where nothing could be put in, it goes back to its scope.
    before.ok().flatten().or_else(|| request.flatten())
}

/// Counts a statement for the current request, if there is one.
#[inline]
pub(crate) fn statement(database: Database, most: u32, sql: &str) {
    let _ = CURRENT.try_with(|current| {
        if let Ok(mut current) = current.try_borrow_mut()
            && let Some(request) = current.as_mut()
        {
            let fingerprint = sql::fingerprint(sql, database.vendor()) ^ database.number();
            let times = request.tally.get_or_insert_with(Tally::take).add(fingerprint.max(1));
            if times.checked_sub(1) == Some(most) {
                database.repeated();
            }
        }
    });
}
