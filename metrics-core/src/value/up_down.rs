//! Counters that go both ways.

use super::{metric_methods, parts_methods, series_methods};
use crate::{
    across::Across,
    cell::{self, Layout, OFF, Scope, Slot},
    descriptor::Kind,
    family::{Parts, Series, SeriesSlot, View},
    label::{LabelSet, SameLabels},
    metric::{Declare, Metric, Position},
    number::{Number, signed},
    series::Store,
    visit::Visitor,
};

/// Two growing sums: first what was subtracted, then what was added. Both are read as they were at one moment, so that a
/// reader sees only values that the counter had.
pub(crate) const LAYOUT: Layout = Layout { floats: 0, integers: 2, level: true };
const STORE: Store = Store::cells(LAYOUT);

/// A number that goes up and down by steps: things in progress, queue lengths. Shown as a gauge.
///
/// Each thread counts in cells of its own, as [`Counter`](crate::Counter) does. It cannot be set.
///
/// ```
/// use tallymark_core::UpDownCounter;
///
/// static JOBS_RUNNING: UpDownCounter = UpDownCounter::new();
///
/// {
///     let _running = JOBS_RUNNING.in_flight();
///     assert_eq!(JOBS_RUNNING.get(), 1);
/// }
/// assert_eq!(JOBS_RUNNING.get(), 0);
/// ```
pub struct UpDownCounter<L = ()> {
    series: Series<L>,
    across: Option<Across>,
}

impl<L> UpDownCounter<L> {
    /// A counter at zero.
    #[expect(
        clippy::new_without_default,
        reason = "a metric is a static, and a static needs a const constructor"
    )]
    pub const fn new() -> Self {
        Self { series: Series::new(), across: None }
    }

    /// Chooses what is shown where several processes have one exposition: the
    /// [sum over living processes](Across::LiveSum), unless set.
    #[must_use]
    pub const fn across(mut self, across: Across) -> Self {
        self.across = Some(across);
        self
    }
}

impl<L: LabelSet> UpDownCounter<L> {
    /// Adds one.
    #[inline]
    pub fn inc(&self)
    where
        (): SameLabels<L>,
    {
        self.handle().inc();
    }

    /// Subtracts one.
    #[inline]
    pub fn dec(&self)
    where
        (): SameLabels<L>,
    {
        self.handle().dec();
    }

    /// Adds steps, of which negative ones are subtracted.
    #[inline]
    pub fn add(&self, steps: i64)
    where
        (): SameLabels<L>,
    {
        self.handle().add(steps);
    }

    /// Adds one until the guard is dropped, be that by a return, a panic or a cancelled task.
    #[inline]
    pub fn in_flight(&self) -> InFlightGuard
    where
        (): SameLabels<L>,
    {
        self.handle().in_flight()
    }

    /// The sum over all threads.
    pub fn get(&self) -> i64
    where
        (): SameLabels<L>,
    {
        self.handle().get()
    }

    /// A handle to this counter.
    #[inline]
    pub fn handle(&self) -> UpDownHandle
    where
        (): SameLabels<L>,
    {
        self.with(<()>::labels(&()))
    }
}

impl<L: LabelSet> UpDownCounter<L> {
    /// The counter with these labels. The handle is small, can be copied and kept for ever.
    #[inline]
    pub fn with(&self, labels: L::Borrowed<'_>) -> UpDownHandle {
        UpDownHandle { slot: self.series.slot(labels, || STORE) }
    }
}

series_methods!(UpDownCounter<L>, [L: LabelSet], |_| STORE);

/// One up-down counter of a family.
#[derive(Clone, Copy, Debug)]
pub struct UpDownHandle {
    slot: Slot,
}

impl UpDownHandle {
    pub(crate) fn at(slot: u32) -> Self {
        Self { slot: Slot::always(slot) }
    }

    /// Adds one.
    #[inline]
    pub fn inc(self) {
        self.up(1);
    }

    /// Subtracts one.
    #[inline]
    pub fn dec(self) {
        self.down(1);
    }

    /// Adds steps, of which negative ones are subtracted.
    #[inline]
    pub fn add(self, steps: i64) {
        if steps >= 0 {
            self.up(steps.unsigned_abs());
        } else {
            self.down(steps.unsigned_abs());
        }
    }

    #[inline]
    fn up(self, steps: u64) {
        if !OFF && (!self.slot.is_alive() || !cell::try_add_release(self.slot.first() + 1, steps)) {
            cell::add_slow(self.slot.plus(1), steps);
        }
    }

    #[inline]
    fn down(self, steps: u64) {
        if !OFF && (!self.slot.is_alive() || !cell::try_add_release(self.slot.first(), steps)) {
            cell::add_slow(self.slot, steps);
        }
    }

    /// Adds one until the guard is dropped.
    #[inline]
    pub fn in_flight(self) -> InFlightGuard {
        InFlightGuard::new(self)
    }

    /// The sum over all threads. Removing the series subtracts nothing here.
    pub fn get(self) -> i64 {
        value(&cell::sum_of(self.slot, LAYOUT))
    }
}

/// Counts one thing in progress for as long as it lives. Made by
/// [`UpDownCounter::in_flight`](crate::UpDownCounter::in_flight).
///
/// It may be dropped on another thread than the one it was made on.
#[derive(Debug)]
#[must_use = "dropped at once, it counts nothing; bind it to a name: `let _guard = …`"]
pub struct InFlightGuard {
    counter: UpDownHandle,
}

impl InFlightGuard {
    #[inline]
    fn new(counter: UpDownHandle) -> Self {
        counter.inc();
        Self { counter }
    }
}

impl Drop for InFlightGuard {
    #[inline]
    fn drop(&mut self) {
        self.counter.dec();
    }
}

pub(crate) fn value(cells: &[u64]) -> i64 {
    signed(cells[1].wrapping_sub(cells[0]))
}

fn show(series: View<'_>, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
    series.visit_batch_dyn(scope, at, &mut |labels, cells| visitor.up_down(labels, Number::I64(value(cells))))
}

impl<L: LabelSet> Declare for UpDownCounter<L> {
    const KIND: Kind = Kind::Gauge;
    const LABELS: &'static [&'static str] = L::NAMES;
    const ALLOWS_CARDINALITY: bool = L::ALLOWS_CARDINALITY;
}

impl<L: LabelSet> Metric for UpDownCounter<L> {
    metric_methods!(|_| STORE, across: |this: &Self| this.across);

    fn visit_part(&self, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        show(self.series.view(STORE), scope, at, visitor)
    }
}

impl Parts for UpDownCounter {
    type Handle = UpDownHandle;
    parts_methods!(handle | _ | STORE);

    #[inline(always)]
    fn handle_at(&self, SeriesSlot(slot): SeriesSlot) -> UpDownHandle {
        UpDownHandle { slot }
    }

    fn show_part(
        &self,
        series: View<'_>,
        scope: Scope,
        at: Position,
        visitor: &mut dyn Visitor,
    ) -> Option<Position> {
        show(series, scope, at, visitor)
    }
}
