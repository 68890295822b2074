//! The kinds of metrics.

// Label sets are made where they are used up: `with(Labels { .. })` reads better than `with(&Labels { .. })`.
#![allow(clippy::needless_pass_by_value)]
// What a value is shown as, and the arithmetic behind it, is of no use to anybody who could forget to use it.
#![allow(clippy::return_self_not_must_use)]

mod batch;
mod bucket_table;
mod buckets;
mod counter;
mod exemplars;
mod gauge;
mod gauge_callbacks;
mod gauge_fn;
mod gauge_histogram;
mod histogram;
mod info;
mod refreshed_gauge;
mod state_set;
mod summary;
mod timer;
pub(crate) mod up_down;

pub use batch::CounterBatch;
pub use buckets::{Bounds, Buckets, BucketsError};
pub use counter::{Amount, Counter, CounterHandle, FloatCounter};
pub use gauge::{Gauge, GaugeHandle, GaugeValue, IntGauge};
pub use gauge_callbacks::{CallbackGauge, GaugeCallback};
pub use gauge_fn::{GaugeFn, ToNumber};
pub use gauge_histogram::{EntryGuard, GaugeHistogram, GaugeHistogramHandle};
pub(crate) use histogram::HistogramCells;
pub use histogram::{Histogram, HistogramHandle, HistogramReading, bounds_of};
pub use info::Info;
pub use refreshed_gauge::{FetchedValues, RefreshedGauge, RefreshedSeries, RefreshedValue, RefreshedValues};
pub use state_set::{State, StateHandle, StateSet};
pub use summary::{Summary, SummaryHandle, SummaryReading};
pub use timer::{Observe, Timer};
pub use up_down::{InFlightGuard, UpDownCounter, UpDownHandle};

/// Bucket layouts for use in declarations.
pub mod bucket_layouts {
    pub use super::buckets::{BYTES, DEFAULT, FUNCTION};
}

/// The builder methods and removal that all kinds with labels share.
macro_rules! series_methods {
    ($kind:ident < $($parameter:ident),* >, [$($bounds:tt)*], $store:expr) => {
        impl<$($parameter),*> $kind<$($parameter),*> {
            /// Removes a series that has not changed for so many seconds, as scrapes see it. Never, unless set.
            #[must_use]
            pub const fn expire_after(mut self, seconds: u32) -> Self {
                self.series.options_mut().set_expire_after(seconds);
                self
            }

            /// Shows every combination of a closed label set from the first scrape on, at zero. Of a set with an open value
            /// nothing is known beforehand, and this does nothing.
            #[must_use]
            pub const fn init(mut self) -> Self {
                self.series.options_mut().set_init();
                self
            }

            /// The series, which the macros name beside the metric so that many are assigned slots at once.
            #[doc(hidden)]
            pub const fn bare(&self) -> &$crate::series::ErasedSeries {
                self.series.erased()
            }
        }

        impl<$($bounds)*> $kind<$($parameter),*> {
            /// `#[metric(init)]`, which refuses to do nothing.
            #[doc(hidden)]
            #[must_use]
            #[track_caller]
            pub const fn declared_init(self) -> Self {
                assert!(
                    L::CARDINALITY.is_some(),
                    "`init` shows every combination of labels whose values the compiler knows; these labels have one that \
                     takes any text, so there is nothing to show beforehand: leave `init` out"
                );
                self.init()
            }

            /// `#[metric(max_series)]`, which refuses to do nothing.
            #[doc(hidden)]
            #[must_use]
            #[track_caller]
            pub const fn declared_max_series(self, max: u32) -> Self {
                assert!(
                    L::CARDINALITY.is_none(),
                    "`max_series` limits labels that take any text; these labels have values that the compiler knows, all of \
                     which have room: leave `max_series` out"
                );
                self.max_series(max)
            }

            /// Shows at most `max` series of an open label set at once; 2,000 unless set. Label sets beyond that are
            /// counted together in one series whose label values are all `_overflow`, as are label texts of more than
            /// 32 KiB, and each time that happens
            /// `tallymark_dropped_series_total` counts. So does a label set that names more or fewer texts than labels, which
            /// one that is derived never does. A closed label set has room for all its combinations, and no limit.
            #[must_use]
            pub const fn max_series(mut self, max: u32) -> Self {
                self.series.set_max_series(max);
                self
            }

            /// Removes the series with these labels, and returns whether there was one. If it is counted again, through
            /// a handle or by its labels, it returns and starts from nothing. A series that counts what is in progress
            /// stays as long as its level is not zero: what has begun will end.
            ///
            /// What an open label set takes up is given to another one when as many series as may be shown, 4,096 at
            /// most, were removed after it and it has not returned. Handles from before count nowhere from then on:
            /// each time, `tallymark_dropped_series_total` counts. By its labels, it is a new series.
            pub fn remove(&self, labels: L::Borrowed<'_>) -> bool {
                let this = self;
                this.series.remove(&labels, $store(this))
            }

            /// Removes every series whose label values, in the order of the label set's fields, `matches` accepts,
            /// and returns how many. See [`remove`](Self::remove).
            pub fn remove_matching(&self, mut matches: impl FnMut(&[&str]) -> bool) -> usize {
                let this = self;
                this.series.view($store(this)).remove_matching(&mut matches)
            }

            /// Removes every series. See [`remove`](Self::remove).
            pub fn clear(&self) {
                self.remove_matching(|_| true);
            }
        }
    };
}
pub(crate) use series_methods;

/// What all kinds with series do in the same way for families whose label names are known at run time.
macro_rules! parts_methods {
    ($handle:ident $store:expr) => {
        fn series(&self) -> &$crate::series::ErasedSeries {
            self.series.erased()
        }

        fn series_mut(&mut self) -> &mut $crate::series::ErasedSeries {
            self.series.erased_mut()
        }

        fn store(&self) -> $crate::family::SeriesStore {
            let this = self;
            $crate::family::SeriesStore($store(this))
        }

        #[inline(always)]
        fn slot_of($handle: Self::Handle) -> $crate::family::SeriesSlot {
            $crate::family::SeriesSlot($handle.slot)
        }
    };
}
pub(crate) use parts_methods;

/// The methods of `Metric` that all kinds with series share. Each kind adds how it shows a part of a family, and names what
/// it knows beforehand beside its labels.
macro_rules! metric_methods {
    ($store:expr $(, $known:ident: $value:expr)?) => {
        fn visit(&self, scope: $crate::cell::Scope, visitor: &mut dyn $crate::visit::Visitor) {
            $crate::metric::Position::walk(|at| self.visit_part(scope, at, visitor));
        }

        fn dropped_series(&self) -> u64 {
            self.series.erased().dropped()
        }

        fn notes_losses(&self) -> bool {
            true
        }

        fn expire(&self) {
            let this = self;
            this.series.view($store(this)).expire();
        }

        fn outline(&self) -> $crate::outline::Outline {
            let this = self;
            let outline = this.series.view($store(this)).outline();
            $(let outline = $crate::outline::Outline { $known: $value(this), ..outline };)?
            outline
        }
    };
}
pub(crate) use metric_methods;
