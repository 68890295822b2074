//! What is kept for one route and one method: handles, so that a request need not look its series up.

use std::sync::OnceLock;

use tallymark_core::{CounterHandle, HistogramHandle, LabelSet};

use super::label::{Method, Status};

/// A handle that is looked up once.
///
/// With labels of the application's there is no one handle for a route; it is then looked up each time.
#[derive(Debug)]
pub(super) struct Kept<H>(OnceLock<H>);

impl<H> Default for Kept<H> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<H: Copy> Kept<H> {
    /// The handle, if it can be kept and was looked up before. In one step with looking it up, this would have to write
    /// down for each request what that takes.
    #[inline]
    pub(super) fn get<L: LabelSet>(&self) -> Option<H> {
        if L::NAMES.is_empty() { self.0.get().copied() } else { None }
    }

    /// Keeps the handle, if it can be kept.
    pub(super) fn keep<L: LabelSet>(&self, handle: H) -> H {
        if L::NAMES.is_empty() { *self.0.get_or_init(|| handle) } else { handle }
    }
}

/// Counters by status: the few that a route answers with, in the order in which they first came.
#[derive(Debug, Default)]
pub(super) struct Statuses(OnceLock<Box<Node>>);

#[derive(Debug)]
struct Node {
    status: Status,
    handle: CounterHandle,
    next: Statuses,
}

impl Statuses {
    /// As [`Kept::get`].
    #[inline]
    pub(super) fn get<L: LabelSet>(&self, status: Status) -> Option<CounterHandle> {
        let mut node = if L::NAMES.is_empty() { self.0.get()? } else { return None };
        while node.status != status {
            node = node.next.0.get()?;
        }
        Some(node.handle)
    }

    /// As [`Kept::keep`].
    pub(super) fn keep<L: LabelSet>(&self, status: Status, handle: CounterHandle) -> CounterHandle {
        if !L::NAMES.is_empty() {
            return handle;
        }
        let mut at = self;
        loop {
            let node = at.0.get_or_init(|| Box::new(Node { status, handle, next: Self::default() }));
            if node.status == status {
                return node.handle;
            }
            at = &node.next;
        }
    }
}

/// The series of a route and a method.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) route: &'static str,
    pub(super) method: Method,
    /// Whether these are gRPC calls.
    pub(super) grpc: bool,
    pub(super) statuses: Statuses,
    pub(super) duration: Kept<HistogramHandle>,
    pub(super) handler: Kept<HistogramHandle>,
    /// By transport; only django-prometheus' names have them by route.
    pub(super) transports: [Kept<CounterHandle>; 2],
}

impl Record {
    pub(super) fn new(route: &'static str, method: Method, grpc: bool) -> Self {
        Self {
            route,
            method,
            grpc,
            statuses: Statuses::default(),
            duration: Kept::default(),
            handler: Kept::default(),
            transports: Default::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::ByMethod;
    use tallymark_core::Counter;

    #[test]
    fn handles_are_kept_where_they_are_always_the_same() {
        static COUNTER: Counter = Counter::new();
        let statuses = Statuses::default();
        for status in [200, 404, 500] {
            assert!(statuses.get::<()>(Status(status)).is_none());
            statuses.keep::<()>(Status(status), COUNTER.handle()).inc();
        }
        for status in [500, 200, 404] {
            statuses.get::<()>(Status(status)).expect("it was kept").inc();
        }
        assert_eq!(COUNTER.get(), 6);

        let other = Statuses::default();
        other.keep::<ByMethod>(Status(200), COUNTER.handle());
        assert!(other.get::<ByMethod>(Status(200)).is_none());
    }
}
