//! Summaries: count and sum.

use super::{Observe, Timer, metric_methods, parts_methods, series_methods};
use crate::{
    attachments::{self, Attached, Attachments},
    cell::{self, Layout, OFF, Scope, Slot},
    created,
    descriptor::Kind,
    family::{Parts, Series, SeriesDetails, SeriesSlot, View},
    label::{LabelSet, SameLabels},
    metric::{Declare, Metric, Position},
    quantiles::{Quantiles, Sketches},
    series::Store,
    visit::{Details, SummaryPoint, Visitor},
};
use std::time::Duration;

/// Sum, count, rejected observations.
const LAYOUT: Layout = Layout { floats: 1, integers: 2, level: false };
const SUMS: u32 = 1;
const SUM: u32 = 0;
const COUNT: u32 = SUMS;
const REJECTED: u32 = 2;

/// The number of observations and their sum, enough for a rate and an average. For quantiles that can be aggregated
/// use a [`Histogram`](crate::Histogram); with the feature `quantiles`, a summary can show its own, which cannot.
///
/// What is not finite is left out, and counted in `tallymark_rejected_observations_total`.
///
/// ```
/// use tallymark_core::Summary;
///
/// static REPLY_SIZE_BYTES: Summary = Summary::new();
///
/// REPLY_SIZE_BYTES.observe(512.0);
/// REPLY_SIZE_BYTES.observe(1024.0);
/// let seen = REPLY_SIZE_BYTES.get();
/// assert_eq!((seen.count(), seen.sum()), (2, 1536.0));
/// ```
pub struct Summary<L = ()> {
    series: Series<L>,
    quantiles: Option<Quantiles>,
}

/// What no type implements.
#[cfg(not(feature = "quantiles"))]
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "quantiles of a summary need the feature `quantiles`",
    label = "the feature `quantiles` is not on",
    note = "write `tallymark = {{ version = \"0.1\", features = [\"quantiles\"] }}` in the manifest"
)]
pub trait QuantilesFeature {}

impl<L> Summary<L> {
    /// A summary of nothing yet.
    #[expect(
        clippy::new_without_default,
        reason = "a metric is a static, and a static needs a const constructor"
    )]
    pub const fn new() -> Self {
        Self { series: Series::new(), quantiles: None }
    }

    /// Shows quantiles of what was observed lately. See [`Quantiles`], and why they cannot be aggregated.
    #[cfg(feature = "quantiles")]
    #[cfg_attr(docsrs, doc(cfg(feature = "quantiles")))]
    #[must_use]
    pub const fn quantiles(mut self, quantiles: Quantiles) -> Self {
        self.quantiles = Some(quantiles);
        self
    }

    /// `#[metric(quantiles = […], quantile_window = …)]`, which gives a window in seconds, or 0.
    #[cfg(feature = "quantiles")]
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn declared_quantiles(self, of: &'static [f64], seconds: u64) -> Self {
        let quantiles = Quantiles::new(of);
        self.quantiles(if seconds == 0 { quantiles } else { quantiles.window(Duration::from_secs(seconds)) })
    }

    /// `#[metric(quantiles = […])]`, where it is not there.
    #[cfg(not(feature = "quantiles"))]
    #[doc(hidden)]
    #[must_use]
    pub fn declared_quantiles<Q: QuantilesFeature>(self, _: Q, _: u64) -> Self {
        self
    }

    fn store(&self) -> Store {
        Store::Cells(LAYOUT, Attachments { quantiles: self.quantiles, ..Attachments::NONE })
    }
}

impl<L: LabelSet> Summary<L> {
    /// Observes one value.
    #[inline]
    pub fn observe(&self, value: f64)
    where
        (): SameLabels<L>,
    {
        self.handle().observe(value);
    }

    /// Observes a duration, in seconds.
    #[inline]
    pub fn observe_duration(&self, duration: Duration)
    where
        (): SameLabels<L>,
    {
        self.handle().observe_duration(duration);
    }

    /// Measures from now until the timer is dropped.
    #[inline]
    pub fn start_timer(&self) -> Timer<SummaryHandle>
    where
        (): SameLabels<L>,
    {
        self.handle().start_timer()
    }

    /// A handle to this summary.
    #[inline]
    pub fn handle(&self) -> SummaryHandle
    where
        (): SameLabels<L>,
    {
        self.with(<()>::labels(&()))
    }

    /// What all threads observed together.
    pub fn get(&self) -> SummaryReading
    where
        (): SameLabels<L>,
    {
        self.handle().get()
    }
}

impl<L: LabelSet> Summary<L> {
    /// The summary with these labels, created on first use. The handle is small, can be copied and kept for ever.
    #[inline]
    pub fn with(&self, labels: L::Borrowed<'_>) -> SummaryHandle {
        SummaryHandle { slot: self.series.slot(labels, || self.store()) }
    }
}

series_methods!(Summary<L>, [L: LabelSet], |this: &Self| this.store());

/// One summary of a family.
#[derive(Clone, Copy, Debug)]
pub struct SummaryHandle {
    slot: Slot,
}

impl SummaryHandle {
    /// Observes one value.
    #[inline]
    pub fn observe(self, value: f64) {
        if OFF {
            return;
        }
        let is_right = value.is_finite() && self.slot.is_alive();
        if !(is_right && cell::try_observe::<SUMS>(self.slot.first(), 0, 0, value)) {
            self.observe_slow(value);
        }
    }

    #[cold]
    #[inline(never)]
    fn observe_slow(self, value: f64) {
        if let Some(attached) = attachments::of(self.slot.first()) {
            return self.observe_attached(attached, value);
        }
        if value.is_finite() {
            cell::observe_slow::<SUMS>(self.slot, 0, 0, value);
        } else {
            cell::reject(self.slot.plus(REJECTED), 1);
        }
    }

    /// Observes in a series with quantiles.
    fn observe_attached(self, attached: &Attached, value: f64) {
        let sketches = attached.sketches().map(|sketches| (sketches, sketches.since()));
        let slot = self.slot.unmarked();
        if slot.is_over() {
            return slot.drop_one();
        }
        Self { slot }.observe_slow(value);
        if let Some((sketches, since)) = sketches.filter(|_| value.is_finite()) {
            if !slot.is_over() {
                sketches.observe(value, since);
            }
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
    pub fn get(self) -> SummaryReading {
        let cells = cell::sum_of(self.slot, LAYOUT);
        let sketches = attachments::of(self.slot.first()).and_then(Attached::sketches);
        let quantiles = sketches.map_or_else(Vec::new, Sketches::read);
        SummaryReading { count: cells[COUNT as usize], sum: f64::from_bits(cells[SUM as usize]), quantiles }
    }
}

impl Observe for SummaryHandle {
    #[inline]
    fn observe(self, value: f64) {
        self.observe(value);
    }
}

/// What a summary holds at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryReading {
    count: u64,
    sum: f64,
    quantiles: Vec<(f64, f64)>,
}

impl SummaryReading {
    /// The number of observations.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The sum of all observations.
    pub fn sum(&self) -> f64 {
        self.sum
    }

    /// The quantiles that the summary shows, and their values: NaN without an observation in the window.
    pub fn quantiles(&self) -> &[(f64, f64)] {
        &self.quantiles
    }
}

fn show(
    series: View<'_>,
    quantiles: Option<Quantiles>,
    (scope, at): (Scope, Position),
    visitor: &mut dyn Visitor,
) -> Option<Position> {
    let point = |cells: &[u64]| {
        let (count, sum) = (cells[COUNT as usize], f64::from_bits(cells[SUM as usize]));
        SummaryPoint { count, sum, quantiles: &[] }
    };
    if quantiles.is_some() || created::start().is_some() {
        return series.visit_batch_detailed(
            scope,
            at,
            &mut |SeriesDetails { labels, cells, attached, created, .. }| {
                let quantiles = attached.and_then(Attached::sketches).map_or_else(Vec::new, Sketches::read);
                let details = Details { created, ..Details::default() };
                visitor.summary_with(
                    labels,
                    SummaryPoint { quantiles: &quantiles, ..point(cells) },
                    &details,
                );
            },
        );
    }
    series.visit_batch_dyn(scope, at, &mut |labels, cells| visitor.summary(labels, point(cells)))
}

impl<L: LabelSet> Declare for Summary<L> {
    const KIND: Kind = Kind::Summary;
    const LABELS: &'static [&'static str] = L::NAMES;
    const ALLOWS_CARDINALITY: bool = L::ALLOWS_CARDINALITY;

    fn is_like(&self, other: &Self) -> bool {
        self.quantiles == other.quantiles
    }
}

impl<L: LabelSet> Metric for Summary<L> {
    metric_methods!(|this: &Self| this.store(), quantiles: |this: &Self| this.quantiles);

    fn visit_part(&self, scope: Scope, at: Position, visitor: &mut dyn Visitor) -> Option<Position> {
        show(self.series.view(self.store()), self.quantiles, (scope, at), visitor)
    }

    fn rejected_observations(&self) -> u64 {
        self.series.view(self.store()).sum_of_cell(REJECTED)
    }
}

impl Parts for Summary {
    type Handle = SummaryHandle;
    const REJECTED_CELL: Option<u32> = Some(REJECTED);
    parts_methods!(handle |this: &Self| Self::store(this));

    #[inline(always)]
    fn handle_at(&self, SeriesSlot(slot): SeriesSlot) -> SummaryHandle {
        SummaryHandle { slot }
    }

    fn show_part(
        &self,
        series: View<'_>,
        scope: Scope,
        at: Position,
        visitor: &mut dyn Visitor,
    ) -> Option<Position> {
        show(series, self.quantiles, (scope, at), visitor)
    }
}
