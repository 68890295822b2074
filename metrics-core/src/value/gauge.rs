//! Gauges.

use super::{Observe, Timer, metric_methods, parts_methods, series_methods};
use crate::{
    across::Across,
    cell::{self, OFF, Scope, Slot, Word},
    descriptor::Kind,
    family::{Parts, Series, SeriesSlot, View},
    label::{LabelSet, SameLabels},
    metric::{Declare, Metric, Position},
    number::{ABSENT_FLOAT, Number, bits, signed},
    series::Store,
    visit::Visitor,
};
use std::{
    marker::PhantomData,
    sync::atomic::{Ordering, fence},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f64 {}
    impl Sealed for i64 {}
}

/// What a gauge holds: `f64` or `i64`.
pub trait GaugeValue: sealed::Sealed + Copy + 'static {
    #[doc(hidden)]
    const ZERO: Self;
    #[doc(hidden)]
    const ONE: Self;
    /// What a word holds before it is set, and after its series was removed. No gauge is set to it.
    #[doc(hidden)]
    const ABSENT: u64;
    #[doc(hidden)]
    fn to_bits(self) -> u64;
    #[doc(hidden)]
    fn from_bits(bits: u64) -> Self;
    #[doc(hidden)]
    fn plus(self, other: Self) -> Self;
    #[doc(hidden)]
    fn negated(self) -> Self;
    #[doc(hidden)]
    fn number(self) -> Number;
    /// Shows a part of a family. Here, so that it is compiled with this crate.
    #[doc(hidden)]
    fn show(series: View<'_>, at: Position, visitor: &mut dyn Visitor) -> Option<Position>;
}

impl GaugeValue for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    /// A NaN that no arithmetic produces. One that is set is as good as its neighbour.
    const ABSENT: u64 = ABSENT_FLOAT;

    #[inline]
    fn to_bits(self) -> u64 {
        let bits = self.to_bits();
        if bits == Self::ABSENT { bits - 1 } else { bits }
    }

    #[inline]
    fn from_bits(bits: u64) -> Self {
        Self::from_bits(bits)
    }

    /// Leaves out what is not finite: one NaN, added once, would stay for ever.
    #[inline]
    fn plus(self, other: Self) -> Self {
        if other.is_finite() { self + other } else { self }
    }

    fn negated(self) -> Self {
        -self
    }

    fn number(self) -> Number {
        Number::F64(self)
    }

    fn show(series: View<'_>, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        show::<Self>(series, at, visitor)
    }
}

impl GaugeValue for i64 {
    const ZERO: Self = 0;
    const ONE: Self = 1;
    /// The least number. The one above it is where gauges saturate.
    const ABSENT: u64 = 1 << 63;

    #[inline]
    fn to_bits(self) -> u64 {
        bits(self.max(Self::MIN + 1))
    }

    #[inline]
    fn from_bits(bits: u64) -> Self {
        signed(bits)
    }

    #[inline]
    fn plus(self, other: Self) -> Self {
        self.saturating_add(other)
    }

    fn negated(self) -> Self {
        self.saturating_neg()
    }

    fn number(self) -> Number {
        Number::I64(self)
    }

    fn show(series: View<'_>, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        show::<Self>(series, at, visitor)
    }
}

/// A value that is set, and goes up and down.
///
/// All threads share one word. For a number that only goes up and down by steps, such as things in progress,
/// [`UpDownCounter`](crate::UpDownCounter) is much faster.
///
/// A gauge may be set to NaN or an infinity, which the formats can show. Adding or subtracting one is ignored.
///
/// ```
/// use tallymark_core::{Gauge, IntGauge};
///
/// static CHAMBER_TEMPERATURE_CELSIUS: Gauge = Gauge::new();
/// static ORDERS_PENDING: IntGauge = IntGauge::new();
///
/// CHAMBER_TEMPERATURE_CELSIUS.set(21.5);
/// ORDERS_PENDING.set(3);
/// ORDERS_PENDING.dec();
/// assert_eq!(CHAMBER_TEMPERATURE_CELSIUS.get(), 21.5);
/// assert_eq!(ORDERS_PENDING.get(), 2);
/// ```
pub struct Gauge<L = (), V = f64> {
    series: Series<L>,
    across: Option<Across>,
    value: PhantomData<fn(V)>,
}

/// A gauge of whole numbers. It saturates at `i64::MAX` and at `i64::MIN + 1`.
pub type IntGauge<L = ()> = Gauge<L, i64>;

impl<L, V> Gauge<L, V> {
    /// A gauge at zero.
    #[expect(
        clippy::new_without_default,
        reason = "a metric is a static, and a static needs a const constructor"
    )]
    pub const fn new() -> Self {
        Self { series: Series::new(), across: None, value: PhantomData }
    }

    /// Chooses what is shown where several processes have one exposition: the value of
    /// [each living process](Across::LiveAll), unless set.
    #[must_use]
    pub const fn across(mut self, across: Across) -> Self {
        self.across = Some(across);
        self
    }
}

impl<L: LabelSet, V: GaugeValue> Gauge<L, V> {
    /// Sets the value.
    #[inline]
    pub fn set(&self, value: V)
    where
        (): SameLabels<L>,
    {
        self.handle().set(value);
    }

    /// Adds to the value.
    #[inline]
    pub fn add(&self, value: V)
    where
        (): SameLabels<L>,
    {
        self.handle().add(value);
    }

    /// Subtracts from the value.
    #[inline]
    pub fn sub(&self, value: V)
    where
        (): SameLabels<L>,
    {
        self.handle().sub(value);
    }

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

    /// The value.
    #[inline]
    pub fn get(&self) -> V
    where
        (): SameLabels<L>,
    {
        self.handle().get()
    }

    /// A handle to this gauge.
    #[inline]
    pub fn handle(&self) -> GaugeHandle<V>
    where
        (): SameLabels<L>,
    {
        self.with(<()>::labels(&()))
    }
}

impl<L: LabelSet> Gauge<L> {
    /// Sets the value to the seconds since 1970, as Prometheus' `time()` gives them.
    pub fn set_to_current_time(&self)
    where
        (): SameLabels<L>,
    {
        self.handle().set_to_current_time();
    }

    /// Sets the value to a duration, in seconds.
    #[inline]
    pub fn set_duration(&self, duration: Duration)
    where
        (): SameLabels<L>,
    {
        self.handle().set_duration(duration);
    }

    /// Measures from now until the timer is dropped, and sets the value to the seconds: for what runs now and then, such as a
    /// job, whose last duration is of interest. For what runs often, a [histogram](crate::Histogram) keeps all of them.
    ///
    /// ```
    /// use tallymark_core::Gauge;
    ///
    /// static BACKUP_DURATION_SECONDS: Gauge = Gauge::new();
    ///
    /// {
    ///     let _timer = BACKUP_DURATION_SECONDS.start_timer();
    ///     // … back up …
    /// }
    /// assert!(BACKUP_DURATION_SECONDS.get() > 0.0);
    /// ```
    #[inline]
    pub fn start_timer(&self) -> Timer<GaugeHandle>
    where
        (): SameLabels<L>,
    {
        self.handle().start_timer()
    }

    /// Runs a closure, and sets the value to the seconds that it took, whether it returns or panics.
    ///
    /// ```
    /// use tallymark_core::Gauge;
    ///
    /// static INDEX_DURATION_SECONDS: Gauge = Gauge::new();
    ///
    /// let entries = INDEX_DURATION_SECONDS.time(|| (0..100).sum::<u64>());
    /// assert_eq!(entries, 4950);
    /// assert!(INDEX_DURATION_SECONDS.get() > 0.0);
    /// ```
    #[inline]
    pub fn time<T>(&self, measured: impl FnOnce() -> T) -> T
    where
        (): SameLabels<L>,
    {
        self.handle().time(measured)
    }
}

impl<L: LabelSet, V: GaugeValue> Gauge<L, V> {
    /// The gauge with these labels. It is shown from the moment it is set or added to. The handle is small, can be
    /// copied and kept for ever.
    #[inline]
    pub fn with(&self, labels: L::Borrowed<'_>) -> GaugeHandle<V> {
        GaugeHandle::at(self.series.slot(labels, store::<V>))
    }
}

const fn store<V: GaugeValue>() -> Store {
    Store::Words(V::ABSENT)
}

series_methods!(Gauge<L, V>, [L: LabelSet, V: GaugeValue], |_| store::<V>());

/// One gauge of a family.
#[derive(Clone, Copy, Debug)]
pub struct GaugeHandle<V = f64> {
    word: &'static Word,
    slot: Slot,
    value: PhantomData<fn(V)>,
}

impl<V: GaugeValue> GaugeHandle<V> {
    #[inline]
    fn at(slot: Slot) -> Self {
        Self { word: cell::word(slot.first()), slot, value: PhantomData }
    }

    /// Writes to the word while it is that of this series.
    #[inline]
    fn write(self, write: impl Fn(&Word)) {
        if OFF {
            return;
        }
        if self.slot.may_end() {
            cell::write_shared(self.slot, move || write(self.word));
        } else {
            write(self.word);
        }
    }

    /// Sets the value.
    #[inline]
    pub fn set(self, value: V) {
        let bits = value.to_bits();
        self.write(move |word| word.store(bits));
    }

    /// Adds to the value.
    #[inline]
    pub fn add(self, value: V) {
        self.write(move |word| {
            word.update(|bits| {
                let old = if bits == V::ABSENT { V::ZERO } else { V::from_bits(bits) };
                old.plus(value).to_bits()
            });
        });
    }

    /// Subtracts from the value.
    #[inline]
    pub fn sub(self, value: V) {
        self.add(value.negated());
    }

    /// Adds one.
    #[inline]
    pub fn inc(self) {
        self.add(V::ONE);
    }

    /// Subtracts one.
    #[inline]
    pub fn dec(self) {
        self.sub(V::ONE);
    }

    /// The value; zero if it was never set, or if its place was given to another gauge after it was removed.
    #[inline]
    pub fn get(self) -> V {
        let bits = self.word.load();
        fence(Ordering::Acquire);
        if bits == V::ABSENT || self.slot.is_over() { V::ZERO } else { V::from_bits(bits) }
    }
}

impl GaugeHandle {
    /// Sets the value to the seconds since 1970.
    pub fn set_to_current_time(self) {
        self.set(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |now| now.as_secs_f64()));
    }

    /// Sets the value to a duration, in seconds.
    #[inline]
    pub fn set_duration(self, duration: Duration) {
        self.set(duration.as_secs_f64());
    }

    /// Measures from now until the timer is dropped, and sets the value to the seconds.
    #[inline]
    pub fn start_timer(self) -> Timer<Self> {
        Timer::start(self)
    }

    /// Runs a closure, and sets the value to the seconds that it took, whether it returns or panics.
    #[inline]
    pub fn time<T>(self, measured: impl FnOnce() -> T) -> T {
        let _timer = self.start_timer();
        measured()
    }
}

/// A gauge keeps what was observed last.
impl Observe for GaugeHandle {
    #[inline]
    fn observe(self, value: f64) {
        self.set(value);
    }
}

fn show<V: GaugeValue>(series: View<'_>, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
    let always = series.shows_untouched();
    series.visit_words_batch(at, |labels, slot, bits| {
        let absent = slot.is_none() || bits == V::ABSENT;
        if !absent || always {
            visitor.number(labels, if absent { V::ZERO } else { V::from_bits(bits) }.number());
        }
    })
}

impl<L: LabelSet, V: GaugeValue> Declare for Gauge<L, V> {
    const KIND: Kind = Kind::Gauge;
    const LABELS: &'static [&'static str] = L::NAMES;
    const ALLOWS_CARDINALITY: bool = L::ALLOWS_CARDINALITY;
}

impl<L: LabelSet, V: GaugeValue> Metric for Gauge<L, V> {
    metric_methods!(|_| store::<V>(), across: |this: &Self| this.across);

    fn visit_part(&self, _: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        V::show(self.series.view(store::<V>()), at, visitor)
    }
}

impl<V: GaugeValue> Parts for Gauge<(), V> {
    type Handle = GaugeHandle<V>;
    parts_methods!(handle | _ | store::<V>());

    #[inline(always)]
    fn handle_at(&self, SeriesSlot(slot): SeriesSlot) -> GaugeHandle<V> {
        GaugeHandle::at(slot)
    }

    fn show_part(
        &self,
        series: View<'_>,
        _: Scope,
        at: Position,
        visitor: &mut dyn Visitor,
    ) -> Option<Position> {
        V::show(series, at, visitor)
    }
}
