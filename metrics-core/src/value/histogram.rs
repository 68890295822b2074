//! Histograms with buckets chosen when they are declared.

use super::{Buckets, Observe, Timer, metric_methods, parts_methods, series_methods};
use crate::{
    attachments::{self, Attached, Attachments},
    cell::{self, Layout, OFF, Scope, Slot},
    created,
    descriptor::Kind,
    exemplar::Exemplars,
    family::{Parts, Series, SeriesDetails, SeriesSlot, View},
    label::{LabelSet, SameLabels},
    metric::{Declare, Metric, Position},
    native::Native,
    series::Store,
    visit::{Details, HistogramPoint, Visitor},
};
use std::time::Duration;

/// The cells of one histogram: two sums, the number of rejected observations, a count for each bucket.
///
/// Adding to a sum in memory waits for the addition before it. With one sum for even and one for odd buckets, two
/// observations in a row often need not wait for one another. Where each cell is does not depend on how many buckets
/// there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HistogramCells {
    buckets: u32,
}

impl HistogramCells {
    pub(crate) const fn new(buckets: &Buckets) -> Self {
        Self { buckets: buckets.count() }
    }

    #[expect(clippy::cast_possible_truncation, reason = "there are at most 128 buckets")]
    pub(crate) const fn layout(self) -> Layout {
        Layout { floats: Self::SUMS as u16, integers: self.buckets as u16 + 1, level: false }
    }

    /// How many cells are sums.
    pub(crate) const SUMS: u32 = 2;

    /// Which cell counts rejected observations.
    const REJECTED: u32 = Self::SUMS;

    /// Which of the sums takes the observations in a bucket.
    #[inline(always)]
    pub(crate) const fn sum_of(bucket: u32) -> u32 {
        bucket % Self::SUMS
    }

    /// Which of the other cells counts the observations in a bucket.
    #[inline(always)]
    pub(crate) const fn count_of(bucket: u32) -> u32 {
        1 + bucket
    }

    /// What the cells that are sums add up to.
    pub(crate) fn add_sums(sums: &[u64]) -> f64 {
        sums.iter().map(|&sum| f64::from_bits(sum)).sum()
    }

    /// Of the other cells: rejected observations, and counts.
    pub(crate) fn split_counts(cells: &[u64]) -> (u64, &[u64]) {
        cells.split_first().map_or((0, cells), |(&rejected, counts)| (rejected, counts))
    }

    /// Of cells as the layout says: counts, rejected observations, sum.
    pub(crate) fn split(cells: &[u64]) -> (&[u64], u64, f64) {
        let (sums, rest) = cells.split_at(Self::SUMS as usize);
        let (rejected, counts) = Self::split_counts(rest);
        (counts, rejected, Self::add_sums(sums))
    }
}

/// How many observations fell into which range, and their sum.
///
/// An observation adds to two cells that only this thread writes to. The number of observations is not kept but
/// summed up from the buckets, so the two never disagree.
///
/// NaN is left out. Infinities are counted in their bucket but left out of the sum, which they would make useless for
/// ever. Both are counted in `tallymark_rejected_observations_total`.
///
/// ```
/// use std::time::Duration;
/// use tallymark_core::{Histogram, buckets};
///
/// static ORDER_PROCESSING_DURATION_SECONDS: Histogram = Histogram::new(buckets![0.1, 0.5, 1.0, 5.0]);
///
/// ORDER_PROCESSING_DURATION_SECONDS.observe(0.3);
/// ORDER_PROCESSING_DURATION_SECONDS.observe_duration(Duration::from_millis(700));
///
/// let seen = ORDER_PROCESSING_DURATION_SECONDS.get();
/// assert_eq!(seen.counts(), [0, 1, 1, 0, 0]);
/// assert_eq!(seen.count(), 2);
/// assert_eq!(seen.sum(), 1.0);
/// ```
pub struct Histogram<L = ()> {
    pub(crate) series: Series<L>,
    buckets: &'static Buckets,
    pub(crate) native: Option<Native>,
}

/// Where only native buckets are wanted.
static NO_BUCKETS: Buckets = Buckets::new(&[]);

/// Places for the exemplars of a histogram without other buckets than native ones.
const PLACES: u16 = 10;

/// Returns the bounds of a histogram that an initializer makes: constant evaluation cannot read a static that changes.
#[doc(hidden)]
pub const fn bounds_of<L>(histogram: Histogram<L>) -> &'static [f64] {
    let bounds = histogram.buckets.bounds();
    // It was made for this, and nothing of it has been allocated.
    std::mem::forget(histogram);
    bounds
}

impl<L> Histogram<L> {
    /// A histogram with these buckets, usually from [`buckets!`](crate::buckets).
    pub const fn new(buckets: &'static Buckets) -> Self {
        Self { series: Series::new(), buckets, native: None }
    }

    /// A histogram with native buckets only. Formats other than protobuf show its count, its sum and the one bucket
    /// that everything is in.
    pub const fn native(native: Native) -> Self {
        Self::new(&NO_BUCKETS).with_native(native)
    }

    /// Adds native buckets to those that were chosen, for scrapers of either kind.
    #[must_use]
    pub const fn with_native(mut self, native: Native) -> Self {
        self.native = Some(native);
        self
    }

    /// Its buckets.
    pub const fn buckets(&self) -> &'static Buckets {
        self.buckets
    }

    #[expect(clippy::cast_possible_truncation, reason = "at most 128 buckets")]
    fn attachments(&self) -> Attachments {
        let buckets = self.buckets.count() as u16;
        let exemplars = match (self.series.options().exemplars(), self.native) {
            (false, _) => 0,
            (true, Some(_)) if buckets == 1 => PLACES,
            (true, _) => buckets,
        };
        Attachments { exemplars, native: self.native, ..Attachments::NONE }
    }

    fn shape(&self) -> HistogramCells {
        HistogramCells::new(self.buckets)
    }

    fn store(&self) -> Store {
        Store::Cells(self.shape().layout(), self.attachments())
    }
}

impl<L: LabelSet> Histogram<L> {
    /// Observes one value.
    #[inline]
    pub fn observe(&self, value: f64)
    where
        (): SameLabels<L>,
    {
        // The first slot may be unassigned, which no block reaches: then the slow path assigns it.
        if !OFF && !observe_at(self.series.first(), self.buckets, value) {
            self.observe_slow(value);
        }
    }

    #[cold]
    #[inline(never)]
    fn observe_slow(&self, value: f64)
    where
        (): SameLabels<L>,
    {
        self.handle().observe_slow(value);
    }

    /// Observes a duration, in seconds.
    #[inline]
    pub fn observe_duration(&self, duration: Duration)
    where
        (): SameLabels<L>,
    {
        self.observe(duration.as_secs_f64());
    }

    /// Measures from now until the timer is dropped.
    #[inline]
    pub fn start_timer(&self) -> Timer<HistogramHandle>
    where
        (): SameLabels<L>,
    {
        self.handle().start_timer()
    }

    /// A handle to this histogram.
    #[inline]
    pub fn handle(&self) -> HistogramHandle
    where
        (): SameLabels<L>,
    {
        self.with(<()>::labels(&()))
    }

    /// What all threads observed together.
    pub fn get(&self) -> HistogramReading
    where
        (): SameLabels<L>,
    {
        self.handle().get()
    }
}

impl<L: LabelSet> Histogram<L> {
    /// The histogram with these labels, created on first use. The handle is small, can be copied and kept for ever.
    #[inline]
    pub fn with(&self, labels: L::Borrowed<'_>) -> HistogramHandle {
        HistogramHandle { slot: self.series.slot(labels, || self.store()), buckets: self.buckets }
    }

    fn view(&self) -> View<'_> {
        self.series.view(self.store())
    }
}

series_methods!(Histogram<L>, [L: LabelSet], |this: &Self| this.store());

/// One histogram of a family.
#[derive(Clone, Copy, Debug)]
pub struct HistogramHandle {
    pub(crate) slot: Slot,
    buckets: &'static Buckets,
}

/// Observes a value. Returns `false` without doing so if the value is not finite, or negative, or far from the bounds.
#[inline(always)]
fn observe_at(slot: u32, buckets: &Buckets, value: f64) -> bool {
    buckets.quick_bucket(value).is_some_and(|bucket| add_at(slot, bucket, value))
}

#[inline(always)]
fn add_at(slot: u32, bucket: u32, value: f64) -> bool {
    let (sum, count) = (HistogramCells::sum_of(bucket), HistogramCells::count_of(bucket));
    cell::try_observe::<{ HistogramCells::SUMS }>(slot, sum, count, value)
}

impl HistogramHandle {
    /// Observes one value.
    #[inline]
    pub fn observe(self, value: f64) {
        if !self.observe_at_once(value) {
            self.observe_slow(value);
        }
    }

    /// Observes one value if that is a matter of some instructions, and returns whether it was. If not, nothing was
    /// observed: the thread has no memory for this histogram yet, the place of its series was given to another one, or it is
    /// not a value to add.
    ///
    /// For bridges, which look the series up again then. The generation is compared once for both.
    #[doc(hidden)]
    #[inline(always)]
    #[must_use = "nothing was observed if it returns `false`"]
    pub fn observe_at_once(self, value: f64) -> bool {
        OFF || (self.slot.is_alive() && observe_at(self.slot.first(), self.buckets, value))
    }

    /// Observes one value so many times, at the cost of once. With native buckets or exemplars it costs as much as that many
    /// observations.
    ///
    /// ```
    /// use tallymark_core::{Histogram, buckets};
    ///
    /// static BATCH_ROWS: Histogram = Histogram::new(buckets![10.0, 100.0]);
    /// BATCH_ROWS.handle().observe_many(50.0, 1_000_000);
    /// assert_eq!(BATCH_ROWS.get().counts(), [0, 1_000_000, 0]);
    /// assert_eq!(BATCH_ROWS.get().sum(), 50_000_000.0);
    /// ```
    pub fn observe_many(self, value: f64, times: u64) {
        if OFF {
            return;
        }
        if let Some(attached) = attachments::of(self.slot.first()) {
            // Exemplars and native buckets are kept for each.
            return (0..times).for_each(|_| self.observe_attached(attached, value, None));
        }
        if times == 0 {
            return;
        }
        if !value.is_finite() {
            cell::reject(self.slot.plus(HistogramCells::REJECTED), times);
        }
        if !value.is_nan() {
            let bucket = self.buckets.bucket(value);
            let summed = if value.is_finite() { value * times as f64 } else { 0.0 };
            let (sum, count) = (HistogramCells::sum_of(bucket), HistogramCells::count_of(bucket));
            cell::observe_many::<{ HistogramCells::SUMS }>(self.slot, sum, count, (summed, times));
        }
    }

    /// Observes in a series with attachments.
    pub(crate) fn observe_attached(self, attached: &Attached, value: f64, labels: Option<&[(&str, &str)]>) {
        let exemplars = attached.exemplars().map(|exemplars| (exemplars, exemplars.since()));
        let slot = self.slot.unmarked();
        if slot.is_over() {
            return slot.drop_one();
        }
        let native = attached.native().filter(|_| !value.is_nan());
        if let Some(native) = native {
            native.observe(value, slot);
        }
        Self { slot, ..self }.observe_slow(value);
        if let Some((exemplars, since)) = exemplars.filter(|_| value.is_finite()) {
            let place = match native {
                // Observations that differ are likely to be in different places.
                Some(_) if self.buckets.count() == 1 => (value.to_bits() >> 50) as usize,
                _ => self.buckets.bucket(value) as usize,
            };
            if !slot.is_over() {
                exemplars.keep(place, value, labels, since);
            }
        }
    }

    /// Takes the handle apart: its parts are handed over in registers, and the handle as a whole would be in memory for it even
    /// where this is not called.
    #[inline(always)]
    fn observe_slow(self, value: f64) {
        Self::observe_rare(self.slot, self.buckets, value);
    }

    #[cold]
    #[inline(never)]
    fn observe_rare(slot: Slot, buckets: &'static Buckets, value: f64) {
        if let Some(attached) = attachments::of(slot.first()) {
            return Self { slot, buckets }.observe_attached(attached, value, None);
        }
        if slot.is_over() {
            return slot.drop_one();
        }
        if !value.is_finite() {
            cell::reject(slot.plus(HistogramCells::REJECTED), 1);
        }
        if !value.is_nan() {
            let bucket = buckets.bucket(value);
            let summed = if value.is_finite() { value } else { 0.0 };
            let (sum, count) = (HistogramCells::sum_of(bucket), HistogramCells::count_of(bucket));
            cell::observe_slow::<{ HistogramCells::SUMS }>(slot, sum, count, summed);
        }
    }

    /// Observes a duration, in seconds.
    #[inline]
    pub fn observe_duration(self, duration: Duration) {
        self.observe(duration.as_secs_f64());
    }

    /// Measures from now until the timer is dropped.
    #[inline]
    pub fn start_timer(self) -> Timer<Self> {
        Timer::start(self)
    }

    /// What all threads observed together. Removing the series subtracts nothing here.
    pub fn get(self) -> HistogramReading {
        let shape = HistogramCells::new(self.buckets);
        let cells = cell::sum_of(self.slot, shape.layout());
        let (counts, _, sum) = HistogramCells::split(&cells);
        HistogramReading { bounds: self.buckets.bounds(), counts: counts.to_vec(), sum }
    }
}

impl Observe for HistogramHandle {
    #[inline]
    fn observe(self, value: f64) {
        self.observe(value);
    }

    #[inline]
    fn observe_elapsed(self, seconds: f64) {
        // What a clock measures is finite.
        let bucket = self.buckets.bucket_of_elapsed(seconds);
        if !OFF && (!self.slot.is_alive() || !add_at(self.slot.first(), bucket, seconds)) {
            self.observe_slow(seconds);
        }
    }
}

/// What a histogram holds at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramReading {
    bounds: &'static [f64],
    counts: Vec<u64>,
    sum: f64,
}

impl HistogramReading {
    pub(super) fn new(bounds: &'static [f64], counts: Vec<u64>, sum: f64) -> Self {
        Self { bounds, counts, sum }
    }

    /// The finite upper bounds.
    pub fn bounds(&self) -> &'static [f64] {
        self.bounds
    }

    /// Observations in each bucket, not cumulated; the last is the one above all bounds.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The number of observations.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The sum of all finite observations.
    pub fn sum(&self) -> f64 {
        self.sum
    }
}

impl<L: LabelSet> Declare for Histogram<L> {
    const KIND: Kind = Kind::Histogram;
    const LABELS: &'static [&'static str] = L::NAMES;
    const ALLOWS_CARDINALITY: bool = L::ALLOWS_CARDINALITY;

    fn is_like(&self, other: &Self) -> bool {
        self.buckets.bounds() == other.buckets.bounds() && self.attachments() == other.attachments()
    }
}

/// Shows a part of a family, whatever its labels.
fn show(
    series: View<'_>,
    (buckets, native): (&Buckets, Option<Native>),
    (scope, at): (Scope, Position),
    visitor: &mut dyn Visitor,
) -> Option<Position> {
    let bounds = buckets.bounds();
    if native.is_none() && !series.keeps_exemplars() && created::start().is_none() {
        return series.visit_batch(scope, at, |labels, cells| {
            let (counts, _, sum) = HistogramCells::split(cells);
            visitor.histogram(labels, HistogramPoint { bounds, counts, sum });
        });
    }
    let layout = HistogramCells::new(buckets).layout();
    series.visit_batch_detailed(scope, at, &mut |SeriesDetails { labels, slot, cells, attached, created }| {
        let together = attached.and_then(Attached::native).map(|native| {
            let first = slot.unmarked().first();
            native.read_with(scope, (first, layout), &is_whole)
        });
        if slot.is_over() {
            return;
        }
        let (cells, native) = match &together {
            Some((cells, native)) => (&**cells, Some(native.clone())),
            None => (cells, native.map(Native::nothing)),
        };
        let (counts, _, sum) = HistogramCells::split(cells);
        let mut counts = counts.to_vec();
        // The native buckets are counted before the others. They differ only where a thread was interrupted between the
        // two for longer than is waited, or where NaN was: both have to be valid by themselves.
        if let Some(native) = &native {
            make_total(&mut counts, native.count());
        }
        let exemplars = attached.and_then(Attached::given_exemplars).map(Exemplars::read).unwrap_or_default();
        let details = Details { created, exemplars: &exemplars, native: native.as_ref() };
        visitor.histogram_with(labels, HistogramPoint { bounds, counts: &counts, sum }, &details);
    })
}

/// Whether as many observations are in the buckets as in the native ones, of which none is under way then.
fn is_whole(cells: &[u64], native: u64) -> bool {
    HistogramCells::split(cells).0.iter().fold(0_u64, |count, bucket| count.wrapping_add(*bucket)) == native
}

/// Makes the counts add up to `total`: what is missing is added to the last bucket, what is too much is subtracted from
/// the last ones.
fn make_total(counts: &mut [u64], total: u64) {
    let mut left = total;
    for count in counts.iter_mut() {
        *count = (*count).min(left);
        left -= *count;
    }
    if let Some(last) = counts.last_mut() {
        *last += left;
    }
}

impl<L: LabelSet> Metric for Histogram<L> {
    metric_methods!(|this: &Self| this.store(), bounds: |this: &Self| this.buckets.bounds());

    fn visit_part(&self, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        show(self.view(), (self.buckets, self.native), (scope, at), visitor)
    }

    fn rejected_observations(&self) -> u64 {
        self.view().sum_of_cell(HistogramCells::REJECTED)
    }

    fn dropped_exemplars(&self) -> u64 {
        self.view().dropped_exemplars()
    }
}

impl Parts for Histogram {
    type Handle = HistogramHandle;
    const REJECTED_CELL: Option<u32> = Some(HistogramCells::REJECTED);
    parts_methods!(handle |this: &Self| Self::store(this));

    #[inline(always)]
    fn handle_at(&self, SeriesSlot(slot): SeriesSlot) -> HistogramHandle {
        HistogramHandle { slot, buckets: self.buckets }
    }

    fn show_part(
        &self,
        series: View<'_>,
        scope: Scope,
        at: Position,
        visitor: &mut dyn Visitor,
    ) -> Option<Position> {
        show(series, (self.buckets, self.native), (scope, at), visitor)
    }
}
