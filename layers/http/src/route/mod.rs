//! Routes that were seen, with what is kept for each.

mod hash;
mod path;
mod routes;
mod table;

pub use path::PathFault;
pub(crate) use routes::Routes;

use std::sync::OnceLock;

use tallymark_core::LabelValue;

use crate::{label::MethodLabel, record::Record};

/// The label of a request that no route took.
pub const UNMATCHED: &str = "unmatched";

/// One route. Lives as long as the program, like the series it has.
#[derive(Debug)]
pub(crate) struct Route {
    text: Box<str>,
    /// Not measured.
    excluded: bool,
    /// Made when the first such request comes: a route has few methods, and a program may have very many routes.
    methods: [OnceLock<Box<Record>>; MethodLabel::COUNT],
    /// Of gRPC calls, which are `POST`s with something more to count.
    calls: OnceLock<Box<Record>>,
}

impl Route {
    fn leak(text: &str, excluded: bool) -> &'static Self {
        let (methods, calls) = Default::default();
        Box::leak(Box::new(Self { text: text.into(), excluded, methods, calls }))
    }

    /// The label.
    #[inline]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    #[inline]
    pub(crate) fn is_excluded(&self) -> bool {
        self.excluded
    }

    /// Returns what is kept for one of its methods.
    #[inline]
    pub(crate) fn record(&'static self, method: MethodLabel) -> &'static Record {
        // The number of a method is below their count.
        let at = method.index().min(MethodLabel::COUNT - 1);
        self.methods[at].get_or_init(|| Box::new(Record::new(&self.text, method, false)))
    }

    /// Returns what is kept for gRPC calls.
    #[inline]
    pub(crate) fn calls(&'static self) -> &'static Record {
        self.calls.get_or_init(|| Box::new(Record::new(&self.text, MethodLabel::Post, true)))
    }

    /// Returns what is kept for requests that are like those of another route's record.
    pub(crate) fn record_like(&'static self, other: &Record) -> &'static Record {
        if other.grpc { self.calls() } else { self.record(other.method) }
    }
}
