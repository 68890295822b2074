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
    #[inline]
    pub(super) fn get<L: LabelSet>(&self, look_up: impl FnOnce() -> H) -> H {
        if L::NAMES.is_empty() { *self.0.get_or_init(look_up) } else { look_up() }
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
    #[inline]
    pub(super) fn get<L: LabelSet>(
        &self,
        status: Status,
        look_up: impl Fn(Status) -> CounterHandle,
    ) -> CounterHandle {
        if !L::NAMES.is_empty() {
            return look_up(status);
        }
        let mut at = self;
        loop {
            let make = || Box::new(Node { status, handle: look_up(status), next: Self::default() });
            let node = at.0.get_or_init(make);
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
    pub(super) statuses: Statuses,
    pub(super) duration: Kept<HistogramHandle>,
    pub(super) handler: Kept<HistogramHandle>,
    /// By transport; only django-prometheus' names have them by route.
    pub(super) transports: [Kept<CounterHandle>; 2],
}

impl Record {
    pub(super) fn new(route: &'static str, method: Method) -> Self {
        Self {
            route,
            method,
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
    use std::cell::Cell;
    use tallymark_core::Counter;

    #[test]
    fn a_status_is_looked_up_once() {
        static COUNTER: Counter = Counter::new();
        let looked_up = Cell::new(0);
        let statuses = Statuses::default();
        for round in 0..3 {
            for status in [200, 404, 500, 200] {
                let counter = statuses.get::<()>(Status(status), |_| {
                    looked_up.set(looked_up.get() + 1);
                    COUNTER.handle()
                });
                counter.inc();
            }
            assert_eq!(looked_up.get(), 3, "{round}");
        }
        assert_eq!(COUNTER.get(), 12);
    }
}
