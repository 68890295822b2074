//! What every kind of metric has in common.

use crate::{
    cell::Scope,
    descriptor::{Descriptor, Kind},
    outline::Outline,
    refresh::Refresh,
    series::ErasedSeries,
    visit::Visitor,
};

/// What the type of a metric says before there is a value of it. The macros and
/// [`Declaration::declare`](crate::registry::Declaration::declare) take whatever implements it, which all kinds of
/// metrics in this crate do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric",
    label = "not a metric",
    note = "a metric is a `Counter`, `Gauge`, `UpDownCounter`, `Histogram`, `GaugeHistogram`, `Summary`, `Info` or `StateSet`"
)]
pub trait Declare: Metric {
    /// The kind of metric.
    const KIND: Kind;
    /// The label names, from the type's label set.
    const LABELS: &'static [&'static str];
    /// Whether it is a counter without labels, which counts in one slot.
    #[doc(hidden)]
    const IS_PLAIN_COUNTER: bool = false;
    /// See [`LabelSet::ALLOWS_CARDINALITY`](crate::LabelSet::ALLOWS_CARDINALITY).
    #[doc(hidden)]
    const ALLOWS_CARDINALITY: bool = false;

    /// Whether both hold the same: they have the same buckets, if they have any.
    fn is_like(&self, other: &Self) -> bool {
        let _ = other;
        true
    }
}

/// How far a family has been shown, see [`Metric::visit_part`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position(pub(crate) u64);

impl Position {
    /// Calls `part` with the beginning of a family, and then with whatever it returned, until it returns `None`.
    #[inline]
    pub(crate) fn walk(mut part: impl FnMut(Self) -> Option<Self>) {
        let mut at = Self::default();
        while let Some(next) = part(at) {
            at = next;
        }
    }
}

/// What a metric says of itself at the moment whose description, or the names of whose labels, are not those of its
/// declaration.
#[doc(hidden)]
pub trait Varies {
    /// The help text and the unit, which may be those of the declaration.
    fn description(&self, declared: &Descriptor) -> (&'static str, Option<&'static str>);

    /// All label names of its series.
    fn label_names(&self) -> Vec<&'static str>;
}

/// A metric as the registry sees it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric",
    label = "not a metric",
    note = "a metric is a `Counter`, `Gauge`, `UpDownCounter`, `Histogram`, `GaugeHistogram`, `Summary`, `Info` or `StateSet`"
)]
pub trait Metric: Sync {
    /// Calls the visitor for every series that is to be shown, after the caller has opened the family.
    ///
    /// `scope` says whose cells are summed: the whole process's for a scrape, this thread's for a test.
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor);

    /// Shows some of the series, from `at` on, and returns where to go on; `None` after the last. A family of a million
    /// series is shown in parts, so that an exposition can be sent while it is made.
    fn visit_part(&self, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        let _ = at;
        self.visit(scope, visitor);
        None
    }

    /// How often an observation went to the overflow series because there was no room for its label set.
    fn dropped_series(&self) -> u64 {
        0
    }

    /// How many observations were rejected because they were not numbers, infinite or negative.
    fn rejected_observations(&self) -> u64 {
        0
    }

    /// How many exemplars were left out because their labels could not be an exemplar's.
    fn dropped_exemplars(&self) -> u64 {
        0
    }

    /// Whether nothing has to be asked of what this metric turned away before [a loss was noted](crate::cell::Loss::note), as it
    /// notes each. Nothing is read of the metric.
    #[doc(hidden)]
    fn notes_losses(&self) -> bool {
        false
    }

    /// Whether showing this metric runs code from outside, which may be slow or panic.
    fn calls_out(&self) -> bool {
        false
    }

    /// What fetches the values of this metric, if a task is to do that now and then.
    #[doc(hidden)]
    fn as_refresh(&self) -> Option<&dyn Refresh> {
        None
    }

    /// Removes what has been idle for too long. Called before a scrape.
    fn expire(&self) {}

    /// Publishes for other processes what is in no cell. Called when this process begins to count in a file.
    #[doc(hidden)]
    fn publish(&self) {}

    /// Returns what is known of the series and values before there are any.
    #[doc(hidden)]
    fn outline(&self) -> Outline {
        Outline::default()
    }

    /// What is known of label names that differ from series to series, if they do.
    #[doc(hidden)]
    fn varies(&self) -> Option<&dyn Varies> {
        None
    }

    /// The series of this metric if it is a [plain counter](Declare::IS_PLAIN_COUNTER), which counts in one slot.
    /// Nothing is read of the metric, whose memory may never have been touched.
    #[doc(hidden)]
    fn as_plain_counter(&self) -> Option<&ErasedSeries> {
        None
    }

    /// The slot that holds all there is to show, if there is nothing else to look at. It may have no number yet.
    #[doc(hidden)]
    fn only_slot(&self) -> Option<u32> {
        None
    }
}
