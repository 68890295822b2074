//! How the values that there are now are distributed.

use super::{Buckets, HistogramReading, metric_methods, parts_methods, series_methods};
use crate::{
    attachments::{self, Attached, Attachments},
    cell::{self, Layout, OFF, Scope, Slot},
    descriptor::Kind,
    family::{Parts, Series, SeriesDetails, SeriesSlot, View},
    label::{LabelSet, SameLabels},
    levels::Values,
    metric::{Declare, Metric, Position},
    series::Store,
    visit::{HistogramPoint, Visitor},
};

/// Values that left, values that have entered, rejected values. So what has entered is a level, as that of an
/// [`UpDownCounter`](crate::UpDownCounter); the values themselves are beside the cells.
const LAYOUT: Layout = Layout { floats: 0, integers: 3, level: true };
const LEFT: u32 = 0;
const ENTERED: u32 = 1;
const REJECTED: u32 = 2;

/// How the things that there are now are distributed over buckets: the ages of what is in a queue, the sizes of what is in a
/// cache. Unlike those of a [`Histogram`](crate::Histogram), its counts go down when there are fewer.
///
/// There are two ways to fill it. [`set_all`](Self::set_all) is for values that are looked at now and then, as ages are, which
/// grow by themselves: it replaces all values that were set before. [`enter`](Self::enter) is for values that stay the same
/// for as long as the thing is there, as sizes do: the value is counted until the guard is dropped. Of a series that is filled in
/// both ways, all values are shown.
///
/// ```
/// use tallymark_core::{EntryGuard, GaugeHistogram, buckets};
///
/// static QUEUE_AGE_SECONDS: GaugeHistogram = GaugeHistogram::new(buckets![1.0, 60.0, 3600.0]);
/// static CACHE_ENTRY_BYTES: GaugeHistogram = GaugeHistogram::new(buckets![1024.0, 65536.0]);
///
/// // After a walk through the queue.
/// QUEUE_AGE_SECONDS.set_all([0.5, 30.0, 90.0]);
/// QUEUE_AGE_SECONDS.set_all([31.0, 91.0]);
/// assert_eq!(QUEUE_AGE_SECONDS.get().counts(), [0, 1, 1, 0]);
/// assert_eq!(QUEUE_AGE_SECONDS.get().sum(), 122.0);
///
/// struct CacheEntry { bytes: Vec<u8>, _size: EntryGuard }
///
/// let bytes = vec![0; 2048];
/// let entry = CacheEntry { _size: CACHE_ENTRY_BYTES.enter(bytes.len() as f64), bytes };
/// assert_eq!(CACHE_ENTRY_BYTES.get().counts(), [0, 1, 0]);
/// drop(entry);
/// assert_eq!(CACHE_ENTRY_BYTES.get().count(), 0);
/// ```
///
/// What is read, count, sum and buckets together, held at one moment: values are set as a whole. Each series has a lock for that,
/// which is held while some numbers are copied; threads that change one series at the same time wait for one another.
///
/// NaN is left out. Infinities are counted in their bucket but left out of the sum. Both are counted in
/// `tallymark_rejected_observations_total`.
///
/// OpenMetrics and protobuf say what it is; the text formats, which have no such kind, show a histogram, and OTLP shows
/// nothing. Where several processes have one exposition, it is that of the process that is scraped.
pub struct GaugeHistogram<L = ()> {
    series: Series<L>,
    buckets: &'static Buckets,
}

impl<L> GaugeHistogram<L> {
    /// A gauge histogram of no values with these buckets, usually from [`buckets!`](crate::buckets).
    pub const fn new(buckets: &'static Buckets) -> Self {
        Self { series: Series::new(), buckets }
    }

    /// Its buckets.
    pub const fn buckets(&self) -> &'static Buckets {
        self.buckets
    }

    #[expect(clippy::cast_possible_truncation, reason = "at most 128 buckets")]
    fn store(&self) -> Store {
        Store::Cells(LAYOUT, Attachments { levels: self.buckets.count() as u16, ..Attachments::NONE })
    }
}

impl<L: LabelSet> GaugeHistogram<L> {
    /// Replaces all values that were set before with these. See [`GaugeHistogramHandle::set_all`].
    pub fn set_all(&self, values: impl IntoIterator<Item = f64>)
    where
        (): SameLabels<L>,
    {
        self.handle().set_all(values);
    }

    /// Adds a value until the guard is dropped. See [`GaugeHistogramHandle::enter`].
    pub fn enter(&self, value: f64) -> EntryGuard
    where
        (): SameLabels<L>,
    {
        self.handle().enter(value)
    }

    /// The values that there are now.
    pub fn get(&self) -> HistogramReading
    where
        (): SameLabels<L>,
    {
        self.handle().get()
    }

    /// A handle to this gauge histogram.
    pub fn handle(&self) -> GaugeHistogramHandle
    where
        (): SameLabels<L>,
    {
        self.with(<()>::labels(&()))
    }
}

impl<L: LabelSet> GaugeHistogram<L> {
    /// The gauge histogram with these labels, created on first use. The handle is small, can be copied and kept for ever.
    pub fn with(&self, labels: L::Borrowed<'_>) -> GaugeHistogramHandle {
        GaugeHistogramHandle { slot: self.series.slot(labels, || self.store()), buckets: self.buckets }
    }
}

series_methods!(GaugeHistogram<L>, [L: LabelSet], |this: &Self| this.store());

/// One gauge histogram of a family.
#[derive(Clone, Copy, Debug)]
pub struct GaugeHistogramHandle {
    slot: Slot,
    buckets: &'static Buckets,
}

impl GaugeHistogramHandle {
    /// Replaces all values that were set before with these; those that have [entered](Self::enter) stay. A reader sees all of
    /// the former ones or all of the new ones.
    ///
    /// Nothing is locked while the iterator runs, and it is not called where metrics are compiled out.
    pub fn set_all(self, values: impl IntoIterator<Item = f64>) {
        if OFF {
            return;
        }
        let (mut all, mut rejected) = (Values::new(self.buckets.count() as usize), 0);
        for value in values {
            rejected += u64::from(!value.is_finite());
            if !value.is_nan() {
                all.add(self.buckets.bucket(value), value);
            }
        }
        self.replace(all, rejected);
    }

    fn replace(self, values: Values, rejected: u64) {
        let Some(levels) = attachments::of(self.slot.first()).and_then(Attached::levels) else { return };
        let since = levels.since();
        let slot = self.slot.unmarked();
        if slot.is_over() {
            return slot.drop_one();
        }
        // One that entered and left again: whatever looks for series that are idle, or have returned, sees that it changed.
        cell::add_slow(slot.plus(ENTERED), 1);
        cell::add_slow(slot.plus(LEFT), 1);
        if rejected > 0 {
            cell::reject(slot.plus(REJECTED), rejected);
        }
        levels.set(values, since);
    }

    /// Adds a value until the guard is dropped, be that by a return, a panic or a cancelled task. It may be dropped on another
    /// thread. A series with such values is not removed and does not expire.
    pub fn enter(self, value: f64) -> EntryGuard {
        EntryGuard { slot: self.slot.unmarked(), entry: self.add(value) }
    }

    /// Adds a value. Returns its bucket, unless it is left out.
    fn add(self, value: f64) -> Option<(u32, f64)> {
        if OFF {
            return None;
        }
        let levels = attachments::of(self.slot.first()).and_then(Attached::levels)?;
        let slot = self.slot.unmarked();
        if value.is_nan() {
            cell::reject(slot.plus(REJECTED), 1);
            return None;
        }
        // First, so that the series has a level and cannot be removed, or given to other labels, while the value is in it.
        cell::add_slow(slot.plus(ENTERED), 1);
        if slot.is_over() {
            return None;
        }
        if value.is_infinite() {
            cell::reject(slot.plus(REJECTED), 1);
        }
        let bucket = self.buckets.bucket(value);
        levels.enter(bucket, value);
        Some((bucket, value))
    }

    /// The values that there are now.
    pub fn get(self) -> HistogramReading {
        let mut counts = vec![0; self.buckets.count() as usize];
        let levels = attachments::of(self.slot.first()).and_then(Attached::given_levels);
        let sum = levels.map_or(0.0, |levels| levels.read(&mut counts));
        if self.slot.is_over() {
            return HistogramReading::new(self.buckets.bounds(), vec![0; counts.len()], 0.0);
        }
        HistogramReading::new(self.buckets.bounds(), counts, sum)
    }
}

/// A value of a gauge histogram, for as long as it lives. Made by
/// [`GaugeHistogram::enter`](crate::GaugeHistogram::enter).
#[derive(Debug)]
#[must_use = "dropped at once, the value is there for no time; keep it beside the thing that has the value"]
pub struct EntryGuard {
    /// Without the mark.
    slot: Slot,
    /// The bucket and the value.
    entry: Option<(u32, f64)>,
}

impl Drop for EntryGuard {
    fn drop(&mut self) {
        if let Some((bucket, value)) = self.entry {
            if let Some(levels) = attachments::at(self.slot.first()).and_then(Attached::given_levels) {
                levels.leave(bucket, value);
            }
            // Last, see `GaugeHistogramHandle::add`.
            cell::add_slow(self.slot.plus(LEFT), 1);
        }
    }
}

/// Shows a part of a family, whatever its labels.
fn show(
    series: View<'_>,
    buckets: &Buckets,
    (scope, at): (Scope, Position),
    visitor: &mut dyn Visitor,
) -> Option<Position> {
    let bounds = buckets.bounds();
    let mut counts = vec![0; buckets.count() as usize];
    series.visit_batch_detailed(scope, at, &mut |SeriesDetails { labels, slot, attached, .. }| {
        counts.fill(0);
        let sum = attached.and_then(Attached::given_levels).map_or(0.0, |levels| levels.read(&mut counts));
        // What was read is that of another series otherwise.
        if !slot.is_over() {
            visitor.histogram(labels, HistogramPoint { bounds, counts: &counts, sum });
        }
    })
}

impl<L: LabelSet> Declare for GaugeHistogram<L> {
    const KIND: Kind = Kind::GaugeHistogram;
    const LABELS: &'static [&'static str] = L::NAMES;
    const ALLOWS_CARDINALITY: bool = L::ALLOWS_CARDINALITY;

    fn is_like(&self, other: &Self) -> bool {
        self.buckets.bounds() == other.buckets.bounds()
    }
}

impl<L: LabelSet> Metric for GaugeHistogram<L> {
    metric_methods!(|this: &Self| this.store(), bounds: |this: &Self| this.buckets.bounds());

    fn visit_part(&self, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        show(self.series.view(self.store()), self.buckets, (scope, at), visitor)
    }

    fn rejected_observations(&self) -> u64 {
        self.series.view(self.store()).sum_of_cell(REJECTED)
    }
}

impl Parts for GaugeHistogram {
    type Handle = GaugeHistogramHandle;
    const REJECTED_CELL: Option<u32> = Some(REJECTED);
    parts_methods!(handle |this: &Self| Self::store(this));

    fn handle_at(&self, SeriesSlot(slot): SeriesSlot) -> GaugeHistogramHandle {
        GaugeHistogramHandle { slot, buckets: self.buckets }
    }

    fn show_part(
        &self,
        series: View<'_>,
        scope: Scope,
        at: Position,
        visitor: &mut dyn Visitor,
    ) -> Option<Position> {
        show(series, self.buckets, (scope, at), visitor)
    }
}
