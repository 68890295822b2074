//! Reading the cells of several blocks as they were at one moment.
//!
//! Threads go on counting while their blocks are read, one cell after the other, so a single pass sees what never was:
//! the end of something whose beginning it had passed already. Two passes that see the same are different. Each cell of
//! a series that has more than one is written with `Release` and read with `Acquire`; so whatever the first pass sees,
//! the second one sees all that happened before it. If the second sees nothing else than the first, then what both saw
//! contains everything that happened before anything in it: it held at a moment between the two. No assumption is made
//! about the processor. (That integers only grow, so that no cell can have changed and changed back, is one about us;
//! what wraps at 2^64 would have to do so within a reading.)
//!
//! That costs those who count nothing, as long as two passes agree. Where threads count so fast that they do not, their
//! [windows](super::window) are closed for a moment: each of them then writes once more at most, and waits for the lock.
//! So passes that do not agree are bounded by the number of threads.
//!
//! An observation writes several cells, and a thread may be interrupted between them. The count comes last, right behind
//! the sum, so that what is in the count is in the sum.

use super::{
    layout::Layout,
    pool::{Pool, Reader},
    sync::{AtomicU64, spin_loop},
};
use std::sync::atomic::Ordering;

/// Words summed without asking for memory: more than any series has.
const WORDS: usize = 256;

/// Cells read without a pause for those who wait for the lock: some 10 µs.
const CELLS: usize = 4096;

/// Passes that may differ before threads are asked to wait.
const PATIENCE: usize = 4;

/// Passes that may differ after that, beside one for each thread.
const BOUND: usize = 32;

/// How long a thread that runs takes to see that its window was closed, in pauses of some 20 ns and more.
const NOTICE: usize = 16;

impl Layout {
    /// Waits between two passes.
    ///
    /// Of an observation, which writes several cells, one may be on its way to memory for as long as a processor takes to
    /// get a cache line from another one. Two passes that come between would agree.
    fn gap(self) {
        (0..if self.floats > 0 { NOTICE } else { 1 }).for_each(|_| spin_loop());
    }
}

/// Which cells are read together: those of some series of one layout, and some cells by themselves.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    pub(super) series: &'a [u32],
    pub(super) layout: Layout,
    pub(super) counters: &'a [u32],
}

impl Cells<'_> {
    /// Sums them over all blocks, once.
    fn pass(self, reader: &Reader<'_>, sums: &mut [u64]) {
        sums.fill(0);
        let width = self.layout.width() as usize;
        let (of_series, of_counters) = sums.split_at_mut((self.series.len() * width).min(sums.len()));
        for block in reader.blocks() {
            let cells = block.cells();
            if block.resets() == reader.resets() {
                add_block(cells, self.series, self.layout, of_series);
                add_counters(cells, self.counters, of_counters);
            } else {
                let is_valid = |slot| reader.last_reset(slot) <= block.resets();
                for (&first, sums) in self.series.iter().zip(of_series.chunks_exact_mut(width)) {
                    if is_valid(first) {
                        add_block(cells, &[first], self.layout, sums);
                    }
                }
                for (&slot, sum) in self.counters.iter().zip(&mut *of_counters) {
                    if is_valid(slot) {
                        add_counters(cells, &[slot], std::slice::from_mut(sum));
                    }
                }
            }
        }
    }

    /// Sums them as they were at one moment. `again` has as much room as `sums`.
    fn read(self, reader: &mut Reader<'_>, sums: &mut [u64], again: &mut [u64]) {
        self.pass(reader, sums);
        for _ in 0..PATIENCE {
            if self.agree(reader, sums, again) {
                return;
            }
        }
        if !reader.is_paused() {
            reader.pause();
            (0..NOTICE).for_each(|_| spin_loop());
        }
        for _ in 0..BOUND + reader.len() {
            if self.agree(reader, sums, again) {
                return;
            }
        }
    }

    /// Sums them once more, and returns whether that made no difference.
    fn agree(self, reader: &Reader<'_>, sums: &mut [u64], again: &mut [u64]) -> bool {
        self.layout.gap();
        self.pass(reader, again);
        let agree = sums == again;
        sums.copy_from_slice(again);
        agree
    }
}

/// Sums cells over all blocks, all of them as they were at one moment.
pub(super) fn read_together(pool: &Pool, cells: Cells<'_>, sums: &mut [u64], again: &mut [u64]) {
    pool.read(|reader| cells.read(reader, sums, again));
}

/// Sums cells over all blocks, all of them as they were at one moment, while all windows are closed. Sets them back to
/// zero, and `more` slots with them, if `right` accepts the sums. Returns whether it did.
///
/// What comes of `right` is seen by every thread before it counts again.
pub(super) fn reset_if(
    pool: &Pool,
    cells: Cells<'_>,
    more: &[u32],
    (sums, again): (&mut [u64], &mut [u64]),
    right: impl FnOnce(&[u64]) -> bool,
) -> bool {
    let width = cells.layout.width();
    cells.series.iter().for_each(|&first| pool.prepare_reset(first..first + width));
    for &slot in more {
        pool.prepare_reset(slot..slot + 1);
    }
    pool.read(|reader| {
        reader.pause();
        (0..NOTICE).for_each(|_| spin_loop());
        cells.read(reader, sums, again);
        let right = right(sums);
        if right {
            cells.series.iter().for_each(|&first| reader.reset(first..first + width));
            for &slot in more {
                reader.reset(slot..slot + 1);
            }
        }
        right
    })
}

/// Sums the cells of several series over all blocks, those of each series as they were at one moment.
///
/// The lock is taken for some series at a time.
pub(super) fn read_each(pool: &Pool, series: &[u32], layout: Layout, sums: &mut [u64]) {
    // One cell is always what it was at one moment, and needs no second pass.
    let again: &mut [u64] = if layout.is_counter() { &mut [] } else { &mut [0; WORDS] };
    read_some(pool, series, layout, sums, again);
}

fn read_some(pool: &Pool, mut series: &[u32], layout: Layout, mut sums: &mut [u64], again: &mut [u64]) {
    let width = layout.width() as usize;
    while !series.is_empty() {
        let done = pool.read(|reader| {
            let most = (CELLS / reader.len().max(1)).min(WORDS) / width;
            let some = series.len().min(most.max(1));
            let (Some(series), Some(sums)) = (series.get(..some), sums.get_mut(..some * width)) else {
                return series.len();
            };
            let all = Cells { series, layout, counters: &[] };
            all.pass(reader, sums);
            let Some(again) = again.get_mut(..some * width) else { return some };
            layout.gap();
            all.pass(reader, again);
            let pairs = sums.chunks_exact_mut(width).zip(again.chunks_exact_mut(width));
            for (one, (sums, again)) in series.chunks(1).zip(pairs) {
                if sums != again {
                    Cells { series: one, layout, counters: &[] }.read(reader, sums, again);
                }
            }
            some
        });
        series = series.get(done..).unwrap_or_default();
        sums = sums.get_mut(done * width..).unwrap_or_default();
    }
}

/// Adds what one block has in some cells.
fn add_counters(cells: &[AtomicU64], counters: &[u32], sums: &mut [u64]) {
    for (&slot, sum) in counters.iter().zip(sums) {
        if let Some(cell) = cells.get(slot as usize) {
            *sum = sum.wrapping_add(cell.load(Ordering::Acquire));
        }
    }
}

/// Adds what one block has of some series.
pub(super) fn add_block(cells: &[AtomicU64], series: &[u32], layout: Layout, sums: &mut [u64]) {
    if layout.is_counter() {
        // Most series are counters, and an exposition reads all of them.
        return add_counters(cells, series, sums);
    }
    let width = layout.width() as usize;
    for (&first, sums) in series.iter().zip(sums.chunks_exact_mut(width)) {
        // Slots are assigned as a whole, and blocks cut anywhere: the rest of a series may not be there yet.
        let Some(cells) = cells.get(first as usize..) else { continue };
        layout.add(sums, cells.iter().map(|cell| cell.load(Ordering::Acquire)));
    }
}
