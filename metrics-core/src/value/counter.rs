//! Counters.

use super::{metric_methods, parts_methods, series_methods};
use crate::{
    attachments::{self, Attached, Attachments},
    cell::{self, Layout, OFF, Scope, Slot, gate},
    created,
    descriptor::Kind,
    exemplar::Exemplars,
    family::{Labelled, Parts, Series, SeriesDetails, SeriesSlot, View},
    label::{LabelSet, SameLabels},
    metric::{Declare, Metric, Position},
    number::Number,
    series::{ErasedSeries, Store},
    visit::{Details, Visitor},
};
use std::{marker::PhantomData, sync::Mutex};

mod sealed {
    pub trait Sealed {}
    impl Sealed for u64 {}
    impl Sealed for f64 {}
}

/// What a counter counts in: `u64` or `f64`.
pub trait Amount: sealed::Sealed + Copy + 'static {
    #[doc(hidden)]
    const ONE: Self;
    #[doc(hidden)]
    const LAYOUT: CounterLayout;
    #[doc(hidden)]
    fn add(slot: u32, amount: Self) -> bool;
    #[doc(hidden)]
    fn add_slow(slot: CounterSlot, amount: Self);
    #[doc(hidden)]
    fn read(cells: &[u64]) -> Self;
    #[doc(hidden)]
    fn number(self) -> Number;
    #[doc(hidden)]
    fn plus(self, other: Self) -> Self;
    /// Shows a part of a family. Here, so that it is compiled with this crate.
    #[doc(hidden)]
    fn show(series: View<'_>, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position>;
}

/// How the cells of a counter are used; of no interest outside this crate.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct CounterLayout(Layout);

/// The slots of a counter; of no interest outside this crate.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct CounterSlot(Slot);

impl Amount for u64 {
    const ONE: Self = 1;
    const LAYOUT: CounterLayout = CounterLayout(Layout::COUNTER);

    #[inline(always)]
    fn add(slot: u32, amount: Self) -> bool {
        cell::try_add(slot, amount)
    }

    fn add_slow(CounterSlot(slot): CounterSlot, amount: Self) {
        cell::add_slow(slot, amount);
    }

    fn read(cells: &[u64]) -> Self {
        cells[0]
    }

    fn number(self) -> Number {
        Number::U64(self)
    }

    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    fn show(series: View<'_>, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        show::<Self>(series, scope, at, visitor)
    }
}

/// The first slot holds the value, the second counts what was rejected.
impl Amount for f64 {
    const ONE: Self = 1.0;
    const LAYOUT: CounterLayout = CounterLayout(Layout { floats: 1, integers: 1, level: false });

    #[inline(always)]
    fn add(slot: u32, amount: Self) -> bool {
        // One comparison for "not negative, not NaN, not infinite".
        if (0.0..=f64::MAX).contains(&amount) { cell::try_add_f64(slot, amount) } else { false }
    }

    fn add_slow(CounterSlot(slot): CounterSlot, amount: Self) {
        if (0.0..=f64::MAX).contains(&amount) {
            cell::add_f64_slow(slot, amount);
        } else {
            cell::reject(slot.plus(1), 1);
        }
    }

    fn read(cells: &[u64]) -> Self {
        f64::from_bits(cells[0])
    }

    fn number(self) -> Number {
        Number::F64(self)
    }

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn show(series: View<'_>, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        show::<Self>(series, scope, at, visitor)
    }
}

fn show<V: Amount>(
    series: View<'_>,
    scope: Scope,
    at: Position,
    visitor: &mut dyn Visitor,
) -> Option<Position> {
    if !series.keeps_exemplars() && created::start().is_none() {
        return series
            .visit_batch(scope, at, |labels, cells| visitor.number(labels, V::read(cells).number()));
    }
    series.visit_batch_detailed(scope, at, &mut |SeriesDetails {
                                                     labels, cells, attached, created, ..
                                                 }| {
        let exemplars = attached.and_then(Attached::given_exemplars).map(Exemplars::read).unwrap_or_default();
        let details = Details { created, exemplars: &exemplars, native: None };
        visitor.number_with(labels, V::read(cells).number(), &details);
    })
}

/// A number of things that happened. It only grows; its name ends in `_total`.
///
/// Counting is a load and a store in memory that only this thread writes to: no locked instruction, no shared cache
/// line. The value is the sum over all threads, ended ones included, and wraps at 2⁶⁴.
///
/// With a label set `L`, it is a family of counters, one for each set of labels: see [`with`](Counter::with).
///
/// ```
/// use tallymark_core::Counter;
///
/// static ORDERS_CREATED_TOTAL: Counter = Counter::new();
///
/// ORDERS_CREATED_TOTAL.inc();
/// ORDERS_CREATED_TOTAL.inc_by(2);
/// assert_eq!(ORDERS_CREATED_TOTAL.get(), 3);
/// ```
pub struct Counter<L = (), V = u64> {
    pub(crate) series: Series<L>,
    amount: PhantomData<fn(V)>,
}

/// A counter of things that come in fractions, such as seconds or dollars.
///
/// What is added must be a number that is neither negative nor infinite; anything else is left out, and counted in
/// `tallymark_rejected_observations_total`.
pub type FloatCounter<L = ()> = Counter<L, f64>;

impl<L, V> Counter<L, V> {
    /// A counter at zero. It costs nothing until it counts.
    #[expect(
        clippy::new_without_default,
        reason = "a metric is a static, and a static needs a const constructor"
    )]
    pub const fn new() -> Self {
        Self { series: Series::new(), amount: PhantomData }
    }
}

impl<L: LabelSet, V: Amount> Counter<L, V> {
    /// Counts one.
    #[inline]
    pub fn inc(&self)
    where
        (): SameLabels<L>,
    {
        self.inc_by(V::ONE);
    }

    /// Counts `amount`.
    #[inline]
    pub fn inc_by(&self, amount: V)
    where
        (): SameLabels<L>,
    {
        // An unassigned slot is beyond every block, so one comparison finds both.
        if !OFF && !V::add(self.series.first(), amount) {
            self.inc_slow(amount);
        }
    }

    #[cold]
    #[inline(never)]
    fn inc_slow(&self, amount: V)
    where
        (): SameLabels<L>,
    {
        self.handle().inc_slow(amount);
    }

    /// A handle to this counter.
    #[inline]
    pub fn handle(&self) -> CounterHandle<V>
    where
        (): SameLabels<L>,
    {
        self.with(<()>::labels(&()))
    }

    /// The sum over all threads.
    pub fn get(&self) -> V
    where
        (): SameLabels<L>,
    {
        self.handle().get()
    }
}

impl<L: LabelSet, V: Amount> Counter<L, V> {
    /// The counter with these labels, created on first use. The handle is small, can be copied and kept for ever.
    #[inline]
    pub fn with(&self, labels: L::Borrowed<'_>) -> CounterHandle<V> {
        CounterHandle { slot: self.series.slot(labels, || self.store()), amount: PhantomData }
    }

    /// The sum over all series and threads, less what was removed.
    pub fn sum(&self) -> V {
        let mut sum = V::read(&[0, 0]);
        self.view().each(Scope::Process, &mut |_, cells| sum = sum.plus(V::read(cells)));
        sum
    }
}

impl<L, V: Amount> Counter<L, V> {
    fn attachments(&self) -> Attachments {
        Attachments { exemplars: u16::from(self.series.options().exemplars()), ..Attachments::NONE }
    }

    fn store(&self) -> Store {
        Store::Cells(V::LAYOUT.0, self.attachments())
    }
}

series_methods!(Counter<L, V>, [L: LabelSet, V: Amount], |this: &Self| this.store());

/// One counter of a family.
///
/// ```
/// use tallymark_core::{Counter, CounterHandle};
///
/// static JOBS_TOTAL: Counter = Counter::new();
/// let jobs: CounterHandle = JOBS_TOTAL.handle();
/// jobs.inc();
/// assert_eq!(jobs.get(), 1);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CounterHandle<V = u64> {
    pub(crate) slot: Slot,
    amount: PhantomData<fn(V)>,
}

impl<V: Amount> CounterHandle<V> {
    /// Counts one.
    #[inline]
    pub fn inc(self) {
        self.inc_by(V::ONE);
    }

    /// Counts `amount`.
    #[inline]
    pub fn inc_by(self, amount: V) {
        if !self.inc_at_once(amount) {
            self.inc_slow(amount);
        }
    }

    /// Counts `amount` if that is a matter of some instructions, and returns whether it was. If not, nothing was counted:
    /// the thread has no memory for this counter yet, or the place of its series was given to another one.
    ///
    /// For bridges, which look the series up again then. The generation is compared once for both.
    #[doc(hidden)]
    #[inline(always)]
    #[must_use = "nothing was counted if it returns `false`"]
    pub fn inc_at_once(self, amount: V) -> bool {
        OFF || (self.slot.is_alive() && V::add(self.slot.first(), amount))
    }

    #[cold]
    #[inline(never)]
    fn inc_slow(self, amount: V) {
        match attachments::of(self.slot.first()) {
            Some(attached) => self.inc_attached(attached, amount, None),
            None => V::add_slow(CounterSlot(self.slot), amount),
        }
    }

    /// Counts in a series with attachments.
    pub(crate) fn inc_attached(self, attached: &Attached, amount: V, labels: Option<&[(&str, &str)]>) {
        let exemplars = attached.exemplars().map(|exemplars| (exemplars, exemplars.since()));
        V::add_slow(CounterSlot(self.slot.unmarked()), amount);
        let value = amount.number().as_f64();
        if let Some((exemplars, since)) = exemplars.filter(|_| (0.0..=f64::MAX).contains(&value)) {
            if !self.slot.is_over() {
                exemplars.keep(0, value, labels, since);
            }
        }
    }

    /// The sum over all threads. Removing the series subtracts nothing here. Once its place was given to another one, it
    /// is zero.
    pub fn get(self) -> V {
        V::read(&cell::sum_of(self.slot, V::LAYOUT.0))
    }
}

impl<L: LabelSet, V: Amount> Counter<L, V> {
    fn view(&self) -> View<'_> {
        self.series.view(self.store())
    }
}

impl<L: LabelSet, V: Amount> Declare for Counter<L, V> {
    const KIND: Kind = Kind::Counter;
    const LABELS: &'static [&'static str] = L::NAMES;
    const ALLOWS_CARDINALITY: bool = L::ALLOWS_CARDINALITY;
    const IS_PLAIN_COUNTER: bool = L::NAMES.is_empty() && V::LAYOUT.0.is_counter();

    fn is_like(&self, other: &Self) -> bool {
        self.attachments() == other.attachments()
    }
}

impl<L: LabelSet, V: Amount> Metric for Counter<L, V> {
    metric_methods!(|this: &Self| this.store());

    fn visit_part(&self, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        V::show(self.view(), scope, at, visitor)
    }

    fn rejected_observations(&self) -> u64 {
        if V::LAYOUT.0.floats > 0 { self.view().sum_of_cell(1) } else { 0 }
    }

    fn dropped_exemplars(&self) -> u64 {
        self.view().dropped_exemplars()
    }

    fn as_plain_counter(&self) -> Option<&ErasedSeries> {
        Self::IS_PLAIN_COUNTER.then(|| self.series.erased())
    }

    fn only_slot(&self) -> Option<u32> {
        if Self::IS_PLAIN_COUNTER { self.series.erased().only_slot() } else { None }
    }
}

impl<V: Amount> Parts for Counter<(), V> {
    type Handle = CounterHandle<V>;
    const REJECTED_CELL: Option<u32> = if V::LAYOUT.0.floats > 0 { Some(1) } else { None };
    parts_methods!(handle |this: &Self| Self::store(this));

    #[inline(always)]
    fn handle_at(&self, SeriesSlot(slot): SeriesSlot) -> CounterHandle<V> {
        CounterHandle { slot, amount: PhantomData }
    }

    fn show_part(
        &self,
        series: View<'_>,
        scope: Scope,
        at: Position,
        visitor: &mut dyn Visitor,
    ) -> Option<Position> {
        V::show(series, scope, at, visitor)
    }
}

impl Labelled<Counter> {
    /// Raises the counter of a handle to `total` if it is less, for totals that something else counts. What was counted before the
    /// series was removed is left out. The series `_overflow`, which many label sets share, is not raised.
    ///
    /// Each call reads the sum of all threads, and only one runs at a time, whatever the counter.
    ///
    /// ```
    /// use tallymark_core::{Counter, Labelled, place, registry::Declaration};
    ///
    /// # fn main() -> Result<(), tallymark_core::registry::DeclareError> {
    /// let dropped = Declaration::new("nic_dropped_packets_total", "Packets dropped.", place!()).labels(["device"]);
    /// let dropped: &'static Labelled<Counter> = dropped.declare(Counter::new)?;
    /// let device = dropped.with(&["eth0"]);
    /// dropped.raise(device, 17);
    /// dropped.raise(device, 12);
    /// assert_eq!(device.get(), 17);
    /// # Ok(())
    /// # }
    /// ```
    pub fn raise(&self, handle: CounterHandle, total: u64) {
        static TURN: Mutex<()> = Mutex::new(());
        if self.is_overflow(handle) {
            return;
        }
        let _turn = gate::lock(&TURN);
        let missing = total.saturating_sub(self.view().sum_since_removal(handle.slot));
        if missing > 0 {
            handle.inc_by(missing);
        }
    }
}
