//! Histograms with buckets chosen when they are declared.

use super::{Buckets, Observe, Timer, series_methods};
use crate::{
    cell::{self, Layout, Scope},
    created,
    descriptor::Kind,
    exemplar::Exemplars,
    extra::{self, Extra},
    label::LabelSet,
    metric::{Declare, Metric, Outline, Position},
    native::Native,
    series::{Detailed, Kept, Series, Store, View},
    visit::{Details, HistogramPoint, Visitor},
};
use std::time::Duration;

/// The cells of one histogram: two sums, the number of rejected observations, a count for each bucket.
///
/// Adding to a sum in memory waits for the addition before it. With one sum for even and one for odd buckets, two
/// observations in a row often need not wait for one another. Where each cell is does not depend on how many buckets there
/// are.
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
        Layout { floats: Self::SUMS as u16, integers: self.buckets as u16 + 1, ordered: false }
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

/// Places for the exemplars of a histogram without other buckets than native ones.
const PLACES: u16 = 10;

impl<L> Histogram<L> {
    /// A histogram with these buckets, usually from [`buckets!`](crate::buckets).
    pub const fn new(buckets: &'static Buckets) -> Self {
        Self { series: Series::new(), buckets, native: None }
    }

    /// Its buckets.
    pub fn buckets(&self) -> &'static Buckets {
        self.buckets
    }

    #[expect(clippy::cast_possible_truncation, reason = "at most 128 buckets")]
    fn kept(&self) -> Kept {
        let buckets = self.buckets.count() as u16;
        let exemplars = match (self.series.options().exemplars(), self.native) {
            (false, _) => 0,
            (true, Some(_)) if buckets == 1 => PLACES,
            (true, _) => buckets,
        };
        Kept { exemplars, native: self.native }
    }

    fn shape(&self) -> HistogramCells {
        HistogramCells::new(self.buckets)
    }

    fn store(&self) -> Store {
        Store::Cells(self.shape().layout(), self.kept())
    }
}

impl Histogram {
    /// Takes one value.
    #[inline]
    pub fn observe(&self, value: f64) {
        // The first slot may be unassigned, which no block reaches: then the slow path assigns it.
        if !observe_at(self.series.first(), self.buckets, value) {
            self.observe_slow(value);
        }
    }

    #[cold]
    #[inline(never)]
    fn observe_slow(&self, value: f64) {
        self.handle().observe_slow(value);
    }

    /// Takes a duration, in seconds.
    #[inline]
    pub fn observe_duration(&self, duration: Duration) {
        self.observe(duration.as_secs_f64());
    }

    /// Measures from now until the timer is dropped.
    #[inline]
    pub fn start_timer(&self) -> Timer<HistogramHandle> {
        self.handle().start_timer()
    }

    /// A handle to this histogram.
    #[inline]
    pub fn handle(&self) -> HistogramHandle {
        self.with(())
    }

    /// What all threads observed together.
    pub fn get(&self) -> HistogramValue {
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
    pub(crate) slot: u32,
    buckets: &'static Buckets,
}

/// Observes a value. Answers `false`, having done nothing, if it needs a closer look: if it is not finite, or negative,
/// or far from the bounds.
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
    /// Takes one value.
    #[inline]
    pub fn observe(self, value: f64) {
        if !observe_at(self.slot, self.buckets, value) {
            self.observe_slow(value);
        }
    }

    /// Observes where more is kept than cells.
    pub(crate) fn observe_extra(self, extra: &Extra, value: f64, labels: Option<&[(&str, &str)]>) {
        let native = extra.native().filter(|_| !value.is_nan());
        if let Some(native) = native {
            native.observe(value);
        }
        Self { slot: cell::unmarked(self.slot), ..self }.observe(value);
        if let Some(exemplars) = extra.exemplars().filter(|_| value.is_finite()) {
            let place = match native {
                // Observations that differ are likely to be in different places.
                Some(_) if self.buckets.count() == 1 => (value.to_bits() >> 50) as usize,
                _ => self.buckets.bucket(value) as usize,
            };
            exemplars.keep(place, value, labels);
        }
    }

    #[cold]
    #[inline(never)]
    fn observe_slow(self, value: f64) {
        if let Some(extra) = extra::of(self.slot) {
            return self.observe_extra(extra, value, None);
        }
        if !value.is_finite() {
            cell::add_slow(self.slot + HistogramCells::REJECTED, 1);
        }
        if !value.is_nan() {
            let bucket = self.buckets.bucket(value);
            let summed = if value.is_finite() { value } else { 0.0 };
            if add_at(self.slot, bucket, summed) {
                return;
            }
            let (sum, count) = (HistogramCells::sum_of(bucket), HistogramCells::count_of(bucket));
            cell::observe_slow::<{ HistogramCells::SUMS }>(self.slot, sum, count, summed);
        }
    }

    /// Takes a duration, in seconds.
    #[inline]
    pub fn observe_duration(self, duration: Duration) {
        self.observe(duration.as_secs_f64());
    }

    /// Measures from now until the timer is dropped.
    #[inline]
    pub fn start_timer(self) -> Timer<Self> {
        Timer::start(self)
    }

    /// What all threads observed together. A removal of the series does not take anything off here.
    pub fn get(self) -> HistogramValue {
        let shape = HistogramCells::new(self.buckets);
        let cells = cell::sum(Scope::Process, cell::unmarked(self.slot), shape.layout());
        let (counts, _, sum) = HistogramCells::split(&cells);
        HistogramValue { bounds: self.buckets.bounds(), counts: counts.to_vec(), sum }
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
        if !add_at(self.slot, self.buckets.bucket_of_elapsed(seconds), seconds) {
            self.observe_slow(seconds);
        }
    }
}

/// What a histogram holds at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramValue {
    bounds: &'static [f64],
    counts: Vec<u64>,
    sum: f64,
}

impl HistogramValue {
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

    fn is_like(&self, other: &Self) -> bool {
        self.buckets.bounds() == other.buckets.bounds() && self.kept() == other.kept()
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
        return series.part(scope, at, |labels, cells| {
            let (counts, _, sum) = HistogramCells::split(cells);
            visitor.histogram(labels, HistogramPoint { bounds, counts, sum });
        });
    }
    series.detailed_part(scope, at, &mut |Detailed { labels, cells, extra, since }| {
        let (counts, _, sum) = HistogramCells::split(cells);
        let mut counts = counts.to_vec();
        // The native buckets are counted before the others and read after them, so what is only in one of the two was
        // observed this moment.
        let native = match extra.map(Extra::native) {
            Some(native) => native.map(|native| native.read(scope)),
            None => native.map(Native::nothing),
        };
        if let Some(native) = &native {
            make_total(&mut counts, native.count());
        }
        let exemplars = extra.and_then(Extra::seen_exemplars).map(Exemplars::read).unwrap_or_default();
        let details = Details { created: since, exemplars: &exemplars, native: native.as_ref() };
        visitor.histogram_with(labels, HistogramPoint { bounds, counts: &counts, sum }, &details);
    })
}

/// Makes the counts add up to `total`: what is missing is put into the last bucket, what is too much taken off the last ones.
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
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor) {
        let mut at = Position::default();
        while let Some(next) = self.visit_part(scope, at, visitor) {
            at = next;
        }
    }

    fn visit_part(&self, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        show(self.view(), (self.buckets, self.native), (scope, at), visitor)
    }

    fn outline(&self) -> Outline {
        Outline { bounds: self.buckets.bounds(), ..self.view().outline() }
    }

    fn dropped_series(&self) -> u64 {
        self.series.dropped()
    }

    fn rejected_observations(&self) -> u64 {
        self.view().sum_of_cell(HistogramCells::REJECTED)
    }

    fn dropped_exemplars(&self) -> u64 {
        self.view().dropped_exemplars()
    }

    fn expire(&self) {
        self.view().expire();
    }
}
