//! A request that is not over.

use tallymark_core::{__private_v4::Moment, InFlightGuard, LabelSet};

use crate::{record::Record, state::LayerState};

/// A request that is not over.
///
/// It moves from the future to the body of the response. Nothing in it but references has values to spare, so that
/// one of those says whether it is there at all: the compiler then moves it by whole words.
pub(crate) struct Open<L: LabelSet + 'static> {
    pub(super) state: &'static LayerState<L>,
    pub(super) record: &'static Record,
    pub(super) own: L,
    pub(super) start: Moment,
    /// Counts one as long as the request is not over.
    pub(super) in_flight: InFlightGuard,
}
