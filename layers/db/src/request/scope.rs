//! Which request a statement belongs to.

use super::{observer::RequestObserver, tally::Tally};
use crate::Database;
use pin_project_lite::pin_project;
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};
use tallymark_core::request::{EnteredUnit, UnitOfWork, with_current};

/// One request, or another unit of work such as a job: how many statements it executes, and whether it executes the same
/// one over and over.
///
/// When it is dropped, `http_request_db_queries` takes the number of statements. A statement that is executed more often
/// than [`DatabaseBuilder::n_plus_one`](crate::DatabaseBuilder::n_plus_one) allows is counted in `db_n_plus_one_total`, once for each
/// request. Statements are the same if they differ in values alone.
///
/// The HTTP layers of `tallymark-http`, `tallymark-axum` and `tallymark-actix-web` enter one for each request, if this
/// package is linked. In other places wrap the future, or enter it around code that does not await:
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
pub struct RequestScope(UnitOfWork);

impl RequestScope {
    /// Begins a request. [`RequestScopes`](crate::RequestScopes) makes those that count elsewhere.
    pub fn new() -> Self {
        Self::observed(RequestObserver::default_one())
    }

    #[inline]
    pub(super) fn observed(observer: &'static RequestObserver) -> Self {
        Self(UnitOfWork::new(observer))
    }

    /// Enters the request: what this thread executes belongs to it until the guard is dropped.
    ///
    /// Do not hold the guard across an `await`, since the thread works on other requests then. That is what
    /// [`wrap`](Self::wrap) is for.
    #[inline]
    pub fn enter(&mut self) -> Entered<'_> {
        Entered { _unit: self.0.enter() }
    }

    /// Returns a future whose statements belong to the request.
    pub fn wrap<F: Future>(self, future: F) -> Scoped<F> {
        Scoped { future, scope: self }
    }
}

impl Default for RequestScope {
    fn default() -> Self {
        Self::new()
    }
}

/// A request that this thread is working on. Made by [`RequestScope::enter`].
#[derive(Debug)]
#[must_use = "dropped at once, nothing belongs to the request"]
pub struct Entered<'a> {
    _unit: EnteredUnit<'a>,
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

/// Whether this thread is working on a request.
#[inline]
pub(crate) fn is_entered() -> bool {
    with_current(|_| ()).is_some()
}

/// Counts a statement for the current request, if there is one.
#[inline]
pub(crate) fn statement(database: Database, most: u32, fingerprint: u64) {
    let times = with_current(|slot| {
        // Nothing is kept before the first statement, so that a request without one allocates nothing.
        let kept = slot.get_or_insert_with(|| -> Box<dyn std::any::Any + Send> { Tally::take() });
        // Zero is the fingerprint of no statement.
        let fingerprint = (fingerprint ^ database.number()).max(1);
        kept.downcast_mut::<Tally>().map_or(0, |tally| tally.add(fingerprint))
    });
    if times.and_then(|times| times.checked_sub(1)) == Some(most) {
        database.repeated();
    }
}
