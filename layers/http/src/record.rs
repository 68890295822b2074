//! What is kept for one route and one method: handles, so that a request need not look its series up.

use std::sync::OnceLock;

use tallymark_core::{CounterHandle, HistogramHandle, LabelSet};

use crate::label::{MethodLabel, Status};

/// A handle that is looked up once.
///
/// With labels of the application's there is no one handle for a route; it is then looked up each time.
#[derive(Debug)]
pub(crate) struct CachedHandle<H>(OnceLock<H>);

impl<H> Default for CachedHandle<H> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<H: Copy> CachedHandle<H> {
    /// Returns the handle, if it can be kept and was looked up before.
    ///
    /// A function that looked it up as well would have to prepare for each request what that takes.
    #[inline]
    pub(crate) fn get<L: LabelSet>(&self) -> Option<H> {
        if L::NAMES.is_empty() { self.0.get().copied() } else { None }
    }

    /// Keeps a handle that was looked up, if it can be kept, and returns it.
    pub(crate) fn keep<L: LabelSet>(&self, handle: H) -> H {
        if L::NAMES.is_empty() { *self.0.get_or_init(|| handle) } else { handle }
    }
}

/// Counters by status: the few that the responses of a route have, in the order in which they first came.
#[derive(Debug, Default)]
pub(crate) struct Statuses(OnceLock<Box<Node>>);

#[derive(Debug)]
struct Node {
    status: Status,
    handle: CounterHandle,
    next: Statuses,
}

impl Statuses {
    /// Returns the counter of a status, if it can be kept and was looked up before.
    #[inline]
    pub(crate) fn get<L: LabelSet>(&self, status: Status) -> Option<CounterHandle> {
        let mut node = if L::NAMES.is_empty() { self.0.get()? } else { return None };
        while node.status != status {
            node = node.next.0.get()?;
        }
        Some(node.handle)
    }

    /// Keeps the counter of a status, if it can be kept, and returns it.
    pub(crate) fn keep<L: LabelSet>(&self, status: Status, handle: CounterHandle) -> CounterHandle {
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
pub(crate) struct Record {
    pub(crate) route: &'static str,
    pub(crate) method: MethodLabel,
    /// Whether these are gRPC calls.
    pub(crate) grpc: bool,
    pub(crate) statuses: Statuses,
    pub(crate) duration: CachedHandle<HistogramHandle>,
    pub(crate) handler: CachedHandle<HistogramHandle>,
    /// By transport; only django-prometheus' names have them by route.
    pub(crate) transports: [CachedHandle<CounterHandle>; 2],
}

impl Record {
    pub(crate) fn new(route: &'static str, method: MethodLabel, grpc: bool) -> Self {
        Self {
            route,
            method,
            grpc,
            statuses: Statuses::default(),
            duration: CachedHandle::default(),
            handler: CachedHandle::default(),
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
