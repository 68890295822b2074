//! What is known of a metric's series before there are any.

use crate::{across::Across, label::VisitValues, quantiles::Quantiles};

/// What a metric knows of its series and values before there are any. The registry's descriptors are made from it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Outline {
    /// The number of different label sets, if every label is closed.
    pub(crate) cardinality: Option<usize>,
    /// Hands over the values of closed labels: [`LabelSet::visit_closed`](crate::LabelSet::visit_closed).
    pub(crate) visit_closed: Option<fn(&mut VisitValues<'_>)>,
    /// The most series that are shown at once, if they are limited. The overflow series is one more.
    pub(crate) max_series: Option<usize>,
    /// The finite bounds of a histogram.
    pub(crate) bounds: &'static [f64],
    /// The states of a state set.
    pub(crate) states: &'static [&'static str],
    /// The quantiles of a summary.
    pub(crate) quantiles: Option<Quantiles>,
    /// What a gauge shows of several processes, if that was chosen.
    #[cfg_attr(not(shared_cells), allow(dead_code, reason = "there is only one process"))]
    pub(crate) across: Option<Across>,
}
