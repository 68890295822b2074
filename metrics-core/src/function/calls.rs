//! The calls of annotated functions: how many ended in which way, how long they took, and those in progress.

use super::{error, families, outcome::Outcome, site::FunctionSite};
use crate::{
    cell::{self, Layout, OFF, Scope, UNASSIGNED},
    declared::{self, Element},
    label::LabelValue,
    publish,
    value::{HistogramCells, UpDownHandle, bucket_layouts::FUNCTION, up_down},
    visit::HistogramPoint,
};
use std::sync::atomic::{Ordering, fence};

/// The cells of a function: the sums of a histogram, then calls by outcome, then the histogram's other cells.
const OUTCOMES: u16 = 4;
const _: () = assert!(OUTCOMES as usize == Outcome::ALL.len());
const SUMS: u32 = HistogramCells::SUMS;

impl FunctionSite {
    /// Counts a call as in progress, if such calls are counted.
    #[inline]
    pub(super) fn count_in_flight(&'static self) {
        if !OFF && self.meta().in_flight {
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
        if OFF {
            return;
        }
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
        if OFF {
            return;
        }
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

    /// The calls in progress at all of these sites, as many as there were at one moment; nothing if they are counted at
    /// none.
    pub(super) fn calls_in_flight(sites: &[&Self], scope: Scope) -> Option<i64> {
        // A call may begin at one site and end at another meanwhile: read one after the other, they would add up to what
        // never was.
        Self::calls_by(sites, |slots| cell::sum_together(scope, slots, up_down::LAYOUT, &[]))
    }

    fn calls_by(sites: &[&Self], read: impl Fn(&[u32]) -> Vec<u64>) -> Option<i64> {
        let counting = || sites.iter().filter(|site| site.meta().in_flight);
        counting().next()?;
        let assigned = || counting().map(|site| site.in_flight.get()).filter(|&slot| slot != UNASSIGNED);
        loop {
            let slots: Vec<u32> = assigned().collect();
            let cells = read(&slots);
            // The first call of a site may have begun after the sites were listed and before one of another site ended. Each
            // site has only one first call, so this comes to an end.
            fence(Ordering::Acquire);
            if assigned().count() == slots.len() {
                let levels = cells.chunks_exact(up_down::LAYOUT.width() as usize).map(up_down::value);
                return Some(levels.fold(0, i64::wrapping_add));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{descriptor::Place, function::FunctionMeta};
    use std::{
        sync::{Once, atomic::AtomicBool},
        thread,
    };

    const fn meta(function: &'static str) -> FunctionMeta {
        FunctionMeta {
            function,
            place: Place { package: "tests", module: "tests", file: file!(), line: line!() },
            is_async: false,
            in_flight: true,
        }
    }

    /// A call ends at one site when the first one of another site has just begun: at every moment there are one or two.
    #[test]
    fn the_first_call_of_a_site_is_not_missed() {
        const META: FunctionMeta = meta("first_call");
        static ONE: FunctionSite = FunctionSite::new(META);
        static OTHER: FunctionSite = FunctionSite::new(META);
        ONE.in_flight_handle().inc();
        let begin = Once::new();
        let calls = FunctionSite::calls_by(&[&ONE, &OTHER], |slots| {
            begin.call_once(|| {
                OTHER.in_flight_handle().inc();
                ONE.in_flight_handle().dec();
            });
            cell::sum_together(Scope::Process, slots, up_down::LAYOUT, &[])
        });
        assert_eq!(calls, Some(1));
    }

    /// Calls that hand over to one another: at every moment there are one or two, at whichever site.
    #[test]
    fn calls_at_two_sites_are_read_at_one_moment() {
        const META: FunctionMeta = meta("hand_over");
        static ONE: FunctionSite = FunctionSite::new(META);
        static OTHER: FunctionSite = FunctionSite::new(META);
        ONE.in_flight_handle().inc();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    OTHER.in_flight_handle().inc();
                    ONE.in_flight_handle().dec();
                    ONE.in_flight_handle().inc();
                    OTHER.in_flight_handle().dec();
                }
            });
            let readings = if cfg!(miri) { 20 } else { 50_000 };
            let outside = (0..readings)
                .filter_map(|_| FunctionSite::calls_in_flight(&[&ONE, &OTHER], Scope::Process))
                .find(|calls| !(1..=2).contains(calls));
            done.store(true, Ordering::Relaxed);
            assert_eq!(outside, None);
        });
        assert_eq!(FunctionSite::calls_in_flight(&[&ONE, &OTHER], Scope::Process), Some(1));
        assert_eq!(FunctionSite::calls_in_flight(&[], Scope::Process), None);
    }
}
