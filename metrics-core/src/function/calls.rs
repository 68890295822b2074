//! The calls of annotated functions: how many ended in which way, how long they took, and those in progress.

use super::{error, families, outcome::Outcome, site::FunctionSite};
use crate::{
    cell::{self, Layout, Scope, UNASSIGNED},
    declared::{self, Element},
    label::LabelValue,
    publish,
    value::{HistogramCells, UpDownHandle, bucket_layouts::FUNCTION, up_down},
    visit::HistogramPoint,
};

/// The cells of a function: the sums of a histogram, then calls by outcome, then the histogram's other cells.
const OUTCOMES: u16 = 4;
const _: () = assert!(OUTCOMES as usize == Outcome::ALL.len());
const SUMS: u32 = HistogramCells::SUMS;

impl FunctionSite {
    /// Counts a call as in progress, if such calls are counted.
    #[inline]
    pub(super) fn count_in_flight(&'static self) {
        if self.meta().in_flight {
            self.in_flight_handle().inc();
        }
    }

    fn in_flight_handle(&'static self) -> UpDownHandle {
        let mut slot = self.in_flight.get();
        if slot == UNASSIGNED {
            declared::used(Element::Function(self));
            slot = cell::assign_with(&self.in_flight, || {
                let slot = cell::reserve(up_down::LAYOUT.width());
                families::publish_in_flight(self, slot);
                slot
            });
        }
        UpDownHandle::at(slot)
    }

    /// A call has ended.
    #[inline]
    pub(super) fn end(&'static self, outcome: Outcome, seconds: f64) {
        let bucket = FUNCTION.bucket_of_elapsed(seconds);
        let (sum, count) = (HistogramCells::sum_of(bucket), HistogramCells::count_of(bucket));
        let first = self.first.get();
        if !cell::try_finish::<SUMS, { OUTCOMES as u32 }>(first, sum, outcome as u32, count, seconds) {
            self.end_slow(sum, outcome, count, seconds);
        }
        if self.meta().in_flight {
            self.in_flight_handle().dec();
        }
    }

    #[cold]
    #[inline(never)]
    fn end_slow(&'static self, sum: u32, outcome: Outcome, count: u32, seconds: f64) {
        if self.first.get() == UNASSIGNED {
            declared::used(Element::Function(self));
        }
        let first = cell::assign_with(&self.first, || {
            let first = cell::reserve(Self::layout().width());
            families::publish(self, first);
            first
        });
        cell::finish_slow::<SUMS, { OUTCOMES as u32 }>(first, sum, outcome as u32, count, seconds);
    }

    /// A call failed with an error of this kind.
    pub(super) fn error(&'static self, kind: &impl LabelValue) {
        publish::built_in(families::ENTRIES);
        kind.text(|kind| error::count(self, kind));
    }

    pub(super) fn layout() -> Layout {
        let histogram = HistogramCells::new(FUNCTION).layout();
        Layout { integers: OUTCOMES + histogram.integers, ..histogram }
    }

    #[expect(clippy::cast_possible_truncation, reason = "it is two")]
    const SUMS_FEW: u16 = SUMS as u16;

    /// Which cells count the calls of an outcome, from the first on.
    pub(super) fn cell_of(outcome: Outcome) -> u16 {
        Self::SUMS_FEW + outcome as u16
    }

    /// Which cells are the sums and which the buckets of the histogram, from the first on, and how many.
    pub(super) fn cells_of_histogram() -> [(u16, u16); 2] {
        let buckets = HistogramCells::new(FUNCTION).layout().integers - 1;
        [(0, Self::SUMS_FEW), (Self::SUMS_FEW + OUTCOMES + 1, buckets)]
    }

    /// Adds this site's cells to `cells`, which is empty or as long as the layout says.
    pub(super) fn add_to(&self, scope: Scope, cells: &mut Vec<u64>) {
        let layout = Self::layout();
        cells.resize(layout.width() as usize, 0);
        let first = self.first.get();
        if first == UNASSIGNED {
            return;
        }
        let own = cell::sum(scope, first, layout);
        layout.add(cells, own.into_iter());
    }

    /// Of cells as the layout says: calls by outcome, and the histogram of their durations.
    pub(super) fn split(cells: &[u64]) -> (&[u64], HistogramPoint<'_>) {
        let (sums, cells) = cells.split_at(SUMS as usize);
        let (outcomes, counts) = cells.split_at(usize::from(OUTCOMES));
        let (_, counts) = HistogramCells::split_counts(counts);
        let sum = HistogramCells::add_sums(sums);
        (outcomes, HistogramPoint { bounds: FUNCTION.bounds(), counts, sum })
    }

    /// The calls in progress, if they are counted.
    pub(super) fn calls_in_flight(&self, scope: Scope) -> Option<i64> {
        if !self.meta().in_flight {
            return None;
        }
        let slot = self.in_flight.get();
        if slot == UNASSIGNED {
            return Some(0);
        }
        let cells = cell::sum(scope, slot, up_down::LAYOUT);
        Some(up_down::value(&cells))
    }
}
