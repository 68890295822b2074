//! One request, from its arrival to the end of its response. Whatever happens, it is counted once.

mod handling;
mod reply;
mod sending;

pub(super) use self::{handling::Handling, reply::Reply, sending::Sending};

use tallymark_core::{__private::Moment, InFlightGuard, LabelSet};

use super::{core::Core, record::Record};

/// A request that is not over.
///
/// It moves from the future to the body of the response. Nothing in it but references has values to spare, so that
/// one of those says whether it is there at all: the compiler then moves it by whole words.
struct Open<L: LabelSet + 'static> {
    core: &'static Core<L>,
    record: &'static Record,
    own: L,
    start: Moment,
    /// Counts one as long as the request is not over.
    _in_flight: InFlightGuard,
}
