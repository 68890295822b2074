//! What every kind of metric has in common.

use crate::{cell::Scope, descriptor::Kind, label::VisitValues, series::Bare, visit::Visitor};

/// What the type of a metric says before there is a value. Used by the macros.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric",
    label = "not a metric",
    note = "a metric is a `Counter`, `Gauge`, `UpDownCounter`, `Histogram`, `Summary`, `Info` or `StateSet`"
)]
pub trait Declare: Metric {
    /// The kind that the type stands for.
    const KIND: Kind;
    /// The label names, from the type's label set.
    const LABELS: &'static [&'static str];
    /// Whether it is a counter without labels, which counts in one slot.
    #[doc(hidden)]
    const COUNTS_ALONE: bool = false;

    /// Whether both hold the same: they have the same buckets, if they have any.
    fn is_like(&self, other: &Self) -> bool {
        let _ = other;
        true
    }
}

/// How far a family has been shown, see [`Metric::visit_part`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position(pub(crate) u64);

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
}

/// A metric as the registry sees it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric",
    label = "not a metric",
    note = "a metric is a `Counter`, `Gauge`, `UpDownCounter`, `Histogram`, `Summary`, `Info` or `StateSet`"
)]
pub trait Metric: Sync {
    /// Calls the visitor for every series that is to be shown, after the caller has opened the family.
    ///
    /// `scope` says whose cells are summed: the whole process's for a scrape, this thread's for a test.
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor);

    /// Shows some of the series, from `at` on, and answers where to go on; `None` if that was all. A family of a
    /// million series is shown in parts, so that an exposition can be sent while it is made.
    fn visit_part(&self, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        let _ = at;
        self.visit(scope, visitor);
        None
    }

    /// How often a label set was turned away to the overflow series.
    fn dropped_series(&self) -> u64 {
        0
    }

    /// How many observations were turned away because they were not numbers, infinite or negative.
    fn rejected_observations(&self) -> u64 {
        0
    }

    /// How many exemplars were left out because their labels could not be an exemplar's.
    fn dropped_exemplars(&self) -> u64 {
        0
    }

    /// Whether showing this metric runs code from outside, which may be slow or panic.
    fn calls_out(&self) -> bool {
        false
    }

    /// Removes what has been idle for too long. Called before a scrape.
    fn expire(&self) {}

    /// Returns what is known of the series and values before there are any.
    #[doc(hidden)]
    fn outline(&self) -> Outline {
        Outline::default()
    }

    /// What holds the number of the one slot of this metric, if it [counts alone](Declare::COUNTS_ALONE). Nothing is read of the
    /// metric, whose memory may never have been touched.
    #[doc(hidden)]
    fn alone(&self) -> Option<&Bare> {
        None
    }

    /// The slot that holds all there is to show, if there is nothing else to look at. It may have no number yet.
    #[doc(hidden)]
    fn only_slot(&self) -> Option<u32> {
        None
    }
}
