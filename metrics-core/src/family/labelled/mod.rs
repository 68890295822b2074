//! Families whose label names are known only when the program runs.

mod kind;
mod values;
mod varied;

use super::View;
use crate::{
    cell::{First, OFF, Scope, Slot, UNASSIGNED},
    label::Texts,
    metric::{Metric, Position},
    outline::Outline,
    series::{ErasedSeries, Shape},
    visit::Visitor,
};
pub use kind::Labellable;
pub(crate) use kind::{Parts, SeriesSlot, SeriesStore};
use std::{error::Error, fmt};
use values::Values;
pub(crate) use varied::Settings;
pub use varied::{LabelNamesError, Varied};

/// A family whose label names are known only when the program runs: those of a bridge, of a plugin, or of a program in a
/// configuration file.
///
/// Declared with [`Declaration::labels`](crate::registry::Declaration::labels). If the names are known when the program is
/// written, a label set is a type, as in `Counter<Payment>`, and the compiler checks what is checked here at run time.
///
/// ```
/// use tallymark_core::{Counter, Labelled, place, registry::{self, Declaration, DeclareError}};
///
/// # fn main() -> Result<(), DeclareError> {
/// let names = ["peer", "shard"];
/// let bytes = Declaration::new("relay_received_bytes_total", "Bytes received, by peer and shard.", place!());
/// let bytes: &'static Labelled<Counter> = bytes.labels(names).max_series(500).declare(Counter::new)?;
///
/// bytes.with(&["north", "7"]).inc_by(1500);
/// let labels = [("peer", "north"), ("shard", "7")];
/// assert_eq!(registry::snapshot().counter("relay_received_bytes_total", &labels), Some(1500));
///
/// // A wrong number of values is counted in the series `_overflow`, or is an error.
/// assert!(bytes.try_with(&["north"]).is_err());
/// # Ok(())
/// # }
/// ```
pub struct Labelled<M> {
    metric: M,
    names: &'static [&'static str],
}

impl<M> fmt::Debug for Labelled<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Labelled").field("names", &self.names).finish_non_exhaustive()
    }
}

/// Label values that are more or fewer than a family's label names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelCountError {
    expected: usize,
    found: usize,
}

impl LabelCountError {
    /// Returns the number of the family's label names.
    pub fn expected(&self) -> usize {
        self.expected
    }

    /// Returns the number of values that were given.
    pub fn found(&self) -> usize {
        self.found
    }
}

impl fmt::Display for LabelCountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, found } = self;
        write!(f, "expected {expected} label values, one for each label name, but found {found}")
    }
}

impl Error for LabelCountError {}

impl<M: Labellable> Labelled<M> {
    /// A family with the settings of `metric`. What `metric` has counted itself is forgotten.
    pub(crate) fn new(mut metric: M, names: &'static [&'static str], max_series: Option<u32>) -> Self {
        let series = metric.series_mut();
        let options = series.options;
        *series = ErasedSeries::new();
        series.options = options;
        if let Some(max) = max_series.filter(|_| !names.is_empty()) {
            series.first = First::at(max.min(UNASSIGNED - 1));
        }
        Self { metric, names }
    }

    /// The metric whose kind and settings are those of each series.
    pub(crate) fn metric(&self) -> &M {
        &self.metric
    }

    /// Returns the label names, in the order in which values are given.
    pub fn names(&self) -> &'static [&'static str] {
        self.names
    }

    /// Returns the metric with these label values, which are in the order of the [names](Self::names), created on first
    /// use. The handle is small, can be copied and kept for ever.
    ///
    /// If there are more or fewer values than names, the handle is that of the series whose label values are all
    /// `_overflow`, and `tallymark_dropped_series_total` counts: a mistake in one call is visible, and the program
    /// goes on. [`try_with`](Self::try_with) returns an error instead.
    #[inline]
    pub fn with<S: AsRef<str>>(&self, values: &[S]) -> M::Handle {
        self.metric.handle_at(SeriesSlot(self.slot(values)))
    }

    /// Returns the metric with these label values, as [`with`](Self::with) does.
    ///
    /// # Errors
    ///
    /// If there are more or fewer values than names.
    #[inline]
    pub fn try_with<S: AsRef<str>>(&self, values: &[S]) -> Result<M::Handle, LabelCountError> {
        if values.len() == self.names.len() {
            Ok(self.with(values))
        } else {
            Err(LabelCountError { expected: self.names.len(), found: values.len() })
        }
    }

    /// Removes the series with these label values, and returns whether there was one. What
    /// [`Counter::remove`](crate::Counter::remove) says of handles and of places that are given to others holds here, too.
    pub fn remove<S: AsRef<str>>(&self, values: &[S]) -> bool {
        let existing = if self.names.is_empty() {
            let first = self.metric.series().first_cell();
            (values.is_empty() && first != UNASSIGNED).then(|| (Slot::always(first), None))
        } else if values.len() == self.names.len() {
            let interned = self.metric.series().interned();
            let found = |texts: &[&str]| interned.and_then(|interned| interned.find(texts));
            let found = Texts::of(&Values(values)).with(found);
            found.map(|(slot, place)| (slot.unmarked(), Some(place)))
        } else {
            None
        };
        existing.is_some_and(|(slot, place)| self.view().remove(slot, place))
    }

    /// Removes every series whose label values, in the order of the [names](Self::names), `matches` accepts, and returns
    /// how many.
    pub fn remove_matching(&self, mut matches: impl FnMut(&[&str]) -> bool) -> usize {
        self.view().remove_matching(&mut matches)
    }

    /// Removes every series.
    pub fn clear(&self) {
        self.remove_matching(|_| true);
    }

    /// Returns whether the series of a handle was removed so long ago that its place was given to another one, so that the
    /// handle counts nowhere. [`with`](Self::with) returns one that counts.
    #[inline]
    pub fn is_ended(&self, handle: M::Handle) -> bool {
        M::slot_of(handle).0.is_over()
    }

    /// Returns whether a handle is that of the series `_overflow`, which takes what there is no room for.
    pub fn is_overflow(&self, handle: M::Handle) -> bool {
        let SeriesSlot(slot) = M::slot_of(handle);
        self.metric.series().interned().is_some_and(|interned| interned.is_overflow(slot))
    }

    pub(crate) fn view(&self) -> View<'_> {
        View::new(self.metric.series(), Shape::named(self.names), self.metric.store().0)
    }

    #[inline]
    fn slot<S: AsRef<str>>(&self, values: &[S]) -> Slot {
        if OFF {
            return Slot::always(UNASSIGNED);
        }
        let labels = Values(values);
        if let Some(interned) = self.metric.series().interned() {
            if let Some(slot) = interned.first(interned.hash(&labels), &labels, self.names.len()) {
                return slot;
            }
        }
        self.look_further(values)
    }

    /// The slot of label values that were not where they should be: they are somewhere else or, more likely, new.
    #[cold]
    #[inline(never)]
    fn look_further<S: AsRef<str>>(&self, values: &[S]) -> Slot {
        let view = self.view();
        match (self.names.len(), values.len()) {
            (0, 0) => match self.metric.series().first() {
                UNASSIGNED => Slot::always(view.assign()),
                first => Slot::always(first),
            },
            (0, _) => Slot::always(view.misnumbered()),
            // Of many values, those that are too many may not be looked at. No family takes none where it has names.
            (expected, found) if expected != found => view.find_or_create(&[]),
            _ => Texts::of(&Values(values)).with(|texts| view.find_or_create(texts)),
        }
    }
}

impl<M: Labellable> Metric for Labelled<M> {
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor) {
        Position::walk(|at| self.visit_part(scope, at, visitor));
    }

    fn visit_part(&self, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        self.metric.show_part(self.view(), scope, at, visitor)
    }

    fn dropped_series(&self) -> u64 {
        self.metric.series().dropped()
    }

    fn rejected_observations(&self) -> u64 {
        M::REJECTED_CELL.map_or(0, |cell| self.view().sum_of_cell(cell))
    }

    fn dropped_exemplars(&self) -> u64 {
        self.view().dropped_exemplars()
    }

    fn notes_losses(&self) -> bool {
        true
    }

    fn expire(&self) {
        self.view().expire();
    }

    fn outline(&self) -> Outline {
        let Outline { cardinality, visit_closed, max_series, .. } = self.view().outline();
        Outline { cardinality, visit_closed, max_series, ..self.metric.outline() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Counter;
    use std::time::{Duration, Instant};

    #[test]
    fn idle_series_expire_and_return() {
        let family = Labelled::new(Counter::<()>::new().expire_after(60), &["user"], Some(10));
        let shown = || {
            let mut users = Vec::new();
            family.view().each(Scope::Process, &mut |labels, _| users.push(labels.values()[0].to_owned()));
            users
        };
        let start = Instant::now();
        let at = |seconds| family.view().expire_at(start + Duration::from_secs(seconds));
        let idle = family.with(&["idle"]);
        idle.inc();
        family.with(&["busy"]).inc();
        at(0);
        family.with(&["busy"]).inc();
        at(60);
        assert_eq!(shown(), ["busy"]);
        idle.inc();
        assert_eq!(shown(), ["idle", "busy"]);
    }
}
