//! Response statuses.

use tallymark_core::LabelValue;

/// The status of a response, or `none` if there was no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(pub(crate) u16);

impl Status {
    /// A request that ended without a response. No response has this status.
    pub(crate) const NONE: Self = Self(0);
}

impl LabelValue for Status {
    // A thousand values, of which a route has a handful: found by their text.
    const CARDINALITY: Option<usize> = None;

    fn text<R>(&self, f: impl FnOnce(&str) -> R) -> R {
        if *self == Self::NONE { f("none") } else { self.0.text(f) }
    }
}
