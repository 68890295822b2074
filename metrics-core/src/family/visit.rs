//! Showing series: gathered in batches, summed under the pool's lock, shown without it.

use super::view::View;
use crate::{
    attachments::{self, Attached},
    cell::{self, Layout, Record, Scope, UNASSIGNED},
    created,
    exemplar::Exemplars,
    label::MAX_LABELS,
    metric::Position,
    series::{Interned, Removed, Store},
    visit::Labels,
};
use std::time::Duration;

/// Series summed at a time. Threads that want to grow their block wait for one batch at most.
const BATCH: usize = 128;

/// Cells of one series that are read without asking for memory.
const MOST_ON_THE_STACK: usize = 20;

/// Batches shown before a family may be interrupted.
const BATCHES_IN_A_PART: usize = 8;

/// Words shown before a family whose words are in a row may be interrupted.
const WORDS_IN_A_PART: u32 = 1024;

/// Series that are summed together.
#[derive(Default)]
struct Batch<'a> {
    slots: Vec<u32>,
    sums: Vec<u64>,
    /// Where their labels are; nothing if they are in a row.
    records: Vec<Record<'a>>,
}

/// A series as it is, shown or not.
pub(super) struct Found<'a> {
    pub(super) labels: Labels<'a>,
    /// Its first slot, if it has one.
    pub(super) slot: u32,
    /// Whether someone asked for it by its labels.
    pub(super) created: bool,
    /// Whether it was removed, and has not counted since.
    pub(super) hidden: bool,
    pub(super) cells: &'a [u64],
}

/// A series that is to be shown, with what is known of it beside its cells.
pub(crate) struct SeriesDetails<'a> {
    pub(crate) labels: Labels<'a>,
    pub(crate) slot: u32,
    pub(crate) cells: &'a [u64],
    pub(crate) attached: Option<&'static Attached>,
    pub(crate) created: Option<Duration>,
}

impl<'a> View<'a> {
    /// Calls `each` with the cells of the series that are to be shown, from `at` on: floats as bits first, then
    /// integers, less what was there when the series was last removed. Returns where to go on; `None` after the last
    /// series.
    ///
    /// Compiled anew for each closure, for kinds of which a program has very many series. Other kinds use
    /// [`visit_batch_dyn`](Self::visit_batch_dyn).
    pub(crate) fn visit_batch(
        self,
        scope: Scope,
        at: Position,
        mut each: impl FnMut(Labels<'_>, &[u64]),
    ) -> Option<Position> {
        self.visit_found(scope, at, |found| {
            if self.is_shown(&found) {
                each(found.labels, found.cells);
            }
        })
    }

    /// Does what [`visit_batch`](Self::visit_batch) does, compiled once for all closures: for kinds of which a program
    /// has few series.
    pub(crate) fn visit_batch_dyn(
        self,
        scope: Scope,
        at: Position,
        each: &mut dyn FnMut(Labels<'_>, &[u64]),
    ) -> Option<Position> {
        self.visit_found_dyn(scope, at, &mut |found| {
            if self.is_shown(&found) {
                each(found.labels, found.cells);
            }
        })
    }

    /// Calls `each` as [`visit_batch`](Self::visit_batch) does, with what is known of each series beside its cells. For
    /// families with attachments, or if creation timestamps are shown.
    pub(crate) fn visit_batch_detailed(
        self,
        scope: Scope,
        at: Position,
        each: &mut dyn FnMut(SeriesDetails<'_>),
    ) -> Option<Position> {
        self.visit_found_dyn(scope, at, &mut |found| {
            if self.is_shown(&found) {
                let Found { labels, slot, created, cells, .. } = found;
                // What is in a row was there from the start, if only at zero.
                let created = if created { created::of(slot) } else { created::start() };
                let created =
                    created.map(|created| self.removed_at(slot).map_or(created, |at| at.max(created)));
                each(SeriesDetails { labels, slot, cells, attached: attachments::at(slot), created });
            }
        })
    }

    /// Reads the cells of a series and something that is set back with them when it is removed, less what there was then.
    pub(crate) fn read_since_removed<T>(
        self,
        (scope, slot): (Scope, u32),
        read: impl FnOnce() -> (Vec<u64>, T),
    ) -> Option<(Vec<u64>, T)> {
        let Store::Cells(layout, _) = self.store else { return None };
        Some(match self.series.removed().filter(|_| scope == Scope::Process) {
            Some(removed) => removed.read_since(slot, layout, read),
            None => read(),
        })
    }

    /// All series that are to be shown.
    pub(crate) fn each(self, scope: Scope, each: &mut dyn FnMut(Labels<'_>, &[u64])) {
        Position::walk(|at| self.visit_batch_dyn(scope, at, each));
    }

    /// The sum over all series of the cell that is so many behind the first, an integer. Nothing is taken off when a
    /// series is removed: it is a count, which does not fall.
    pub(crate) fn sum_of_cell(self, offset: u32) -> u64 {
        let offset = offset as usize;
        let mut sum = 0;
        if !self.series.has_slots() {
            return sum;
        }
        let Store::Cells(layout, _) = self.store else { return sum };
        // Nobody asks for labels, so they are left alone.
        let (mut position, mut batch) = (0, Batch::default());
        loop {
            self.gather(Scope::Process, layout, &mut position, &mut batch);
            if batch.slots.is_empty() {
                return sum;
            }
            for cells in batch.sums.chunks_exact(layout.width() as usize) {
                sum += cells.get(offset).copied().unwrap_or_default();
            }
        }
    }

    /// The exemplars that all series left out because of their labels, removed ones too: a count does not fall.
    pub(crate) fn dropped_exemplars(self) -> u64 {
        let mut dropped = 0;
        if self.series.options.exemplars() && self.series.has_slots() {
            self.each_series(Scope::Process, &mut |found| {
                let kept = attachments::at(found.slot).and_then(Attached::given_exemplars);
                dropped += kept.map_or(0, Exemplars::dropped);
            });
        }
        dropped
    }

    /// Every series, shown or not.
    pub(super) fn each_series(self, scope: Scope, each: &mut dyn FnMut(Found<'_>)) {
        Position::walk(|at| self.visit_found_dyn(scope, at, each));
    }

    fn visit_found_dyn(
        self,
        scope: Scope,
        at: Position,
        each: &mut dyn FnMut(Found<'_>),
    ) -> Option<Position> {
        self.visit_found(scope, at, each)
    }

    fn visit_found(self, scope: Scope, at: Position, mut each: impl FnMut(Found<'_>)) -> Option<Position> {
        let Self { series, shape, store: Store::Cells(layout, _) } = self else { return None };
        let width = layout.width() as usize;
        if shape.names.is_empty() && width <= MOST_ON_THE_STACK {
            // A program has hundreds of these. They are read without asking for memory.
            let mut cells = [0; MOST_ON_THE_STACK];
            let cells = &mut cells[..width];
            let slot = series.first_cell();
            let mut hidden = false;
            if slot != UNASSIGNED {
                cell::sum_into(scope, &[slot], layout, cells);
                hidden = Removed::subtract(series.removed(), slot, layout, scope, cells);
            }
            each(Found { labels: Labels::NONE, slot, created: false, hidden, cells });
            return None;
        }
        let mut texts = [""; MAX_LABELS];
        let mut batch = Batch::default();
        let mut position = at.0;
        for _ in 0..BATCHES_IN_A_PART {
            let start = position;
            self.gather(scope, layout, &mut position, &mut batch);
            if batch.slots.is_empty() {
                return None;
            }
            // Asked once the series are gathered, so that it is true of them.
            let (removed, escapes) = (series.removed(), series.interned().is_some_and(Interned::escapes));
            let all = (start..).zip(batch.slots.iter().zip(batch.sums.chunks_exact_mut(width)));
            let mut records = batch.records.iter();
            for (index, (&slot, cells)) in all {
                let hidden = Removed::subtract(removed, slot, layout, scope, cells);
                match records.next() {
                    Some(record) => {
                        let labels = labels_of(shape.names, *record, escapes, &mut texts);
                        each(Found { labels, slot, created: true, hidden, cells });
                    }
                    None => shape.with_texts_at(index, |labels| {
                        each(Found { labels, slot, created: false, hidden, cells });
                    }),
                }
            }
        }
        Some(Position(position))
    }

    /// Sums the next series: those in the row from the one numbered `position` on, or the records behind that position.
    /// Without slots after the last series.
    fn gather(self, scope: Scope, layout: Layout, position: &mut u64, batch: &mut Batch<'a>) {
        let width = layout.width();
        batch.slots.clear();
        if let Some(row) = self.shape.row() {
            let first = self.series.first_cell();
            while batch.slots.len() < BATCH {
                let Some(index) = u32::try_from(*position).ok().filter(|index| *index < row) else { break };
                batch.slots.push(if first == UNASSIGNED { UNASSIGNED } else { first + index * width });
                *position += 1;
            }
        } else if let Some(interned) = self.series.interned() {
            batch.records.clear();
            while batch.slots.len() < BATCH {
                let Some((record, next)) = interned.records().next(*position) else { break };
                batch.slots.push(cell::unmarked(record.slot()));
                batch.records.push(record);
                *position = next;
            }
        }
        batch.sums.resize(batch.slots.len() * width as usize, 0);
        if batch.slots.first().is_some_and(|&slot| slot != UNASSIGNED) {
            cell::sum_into(scope, &batch.slots, layout, &mut batch.sums);
        }
    }

    /// Calls `each` with the bits in the shared word of every series that has one. `None`: the family is in a row, and
    /// nobody has touched any of it.
    pub(crate) fn each_word(self, each: &mut dyn FnMut(Labels<'_>, Option<u32>, u64)) {
        Position::walk(|at| self.visit_words_batch(at, &mut *each));
    }

    /// Calls `each` as [`each_word`](Self::each_word) does, for a batch of series from `at` on. Returns where to go on.
    /// Compiled anew for each closure.
    pub(crate) fn visit_words_batch(
        self,
        at: Position,
        mut each: impl FnMut(Labels<'_>, Option<u32>, u64),
    ) -> Option<Position> {
        let load = |slot| cell::word(slot).load();
        if let Some(count) = self.shape.row() {
            let first = self.series.first();
            let start = u32::try_from(at.0).unwrap_or(u32::MAX);
            let end = count.min(start.saturating_add(WORDS_IN_A_PART));
            for index in start..end {
                let slot = (first != UNASSIGNED).then(|| first + index);
                self.shape.with_texts_at(u64::from(index), |labels| each(labels, slot, slot.map_or(0, load)));
            }
            return (end < count).then(|| Position(u64::from(end)));
        }
        let interned = self.series.interned()?;
        let mut position = at.0;
        let mut texts = [""; MAX_LABELS];
        for _ in 0..BATCHES_IN_A_PART * BATCH {
            let (record, next) = interned.records().next(position)?;
            position = next;
            let labels = labels_of(self.shape.names, record, interned.escapes(), &mut texts);
            each(labels, Some(record.slot()), load(record.slot()));
        }
        Some(Position(position))
    }
}

/// The labels of a record. `texts` is room for them, used again for each record.
#[inline]
fn labels_of<'a, 'r: 'a>(
    names: &'static [&'static str],
    record: Record<'r>,
    escapes: bool,
    texts: &'a mut [&'r str; MAX_LABELS],
) -> Labels<'a> {
    for (place, text) in texts.iter_mut().zip(record.texts()) {
        *place = text;
    }
    if escapes { Labels::new(names, texts) } else { Labels::new_clean(names, texts) }
}
