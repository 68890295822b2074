//! Showing series: gathered in batches, summed under the pool's lock, shown without it.

use super::view::View;
use crate::{
    attachments::{self, Attached},
    cell::{self, Copies, Layout, Scope, Slot, UNASSIGNED},
    created,
    exemplar::Exemplars,
    label::MAX_LABELS,
    metric::Position,
    series::{Interned, Removed, Store},
    visit::Labels,
};
use std::{
    cell::Cell,
    sync::atomic::{Ordering, fence},
    time::Duration,
};

/// Series summed at a time. Threads that want to grow their block wait for one batch at most.
const BATCH: usize = 128;

/// Cells of one series that are read without asking for memory.
const MOST_ON_THE_STACK: usize = 20;

/// Batches shown before a family may be interrupted.
const BATCHES_IN_A_PART: usize = 8;

/// Words shown before a family whose words are in a row may be interrupted.
const WORDS_IN_A_PART: u32 = 1024;

/// The slots of a series, and its record if it was looked up.
pub(super) type SlotOf = (Slot, Option<u32>);

/// Series that are summed together.
#[derive(Default)]
struct Batch {
    slots: Vec<u32>,
    sums: Vec<u64>,
    /// Those that were looked up; nothing if they are in a row.
    looked_up: Vec<LookedUp>,
    /// Their texts.
    texts: Copies,
}

thread_local! {
    /// The batch that was used last. A program may have thousands of families, of which many have few series: each would ask
    /// for as much memory as it takes to show some series, and give it back.
    static SPARE: Cell<Option<Box<Batch>>> = const { Cell::new(None) };
}

/// A batch that is used: the one that was used last, unless that is used by who asks for this one.
struct Taken(Option<Box<Batch>>);

impl Taken {
    fn new() -> Self {
        Self(SPARE.try_with(Cell::take).ok().flatten())
    }

    fn batch(&mut self) -> &mut Batch {
        self.0.get_or_insert_default()
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        // What is unusually long is given back.
        let is_usual =
            |batch: &Batch| batch.sums.capacity() <= BATCH * MOST_ON_THE_STACK && batch.texts.is_short(BATCH);
        if let Some(batch) = self.0.take().filter(|batch| is_usual(batch)) {
            // Dropped here where the thread is ending.
            let _ = SPARE.try_with(|spare| spare.set(Some(batch)));
        }
    }
}

/// A series that was looked up.
struct LookedUp {
    slot: Slot,
    place: u32,
}

/// A series as it is, shown or not.
pub(super) struct Found<'a> {
    pub(super) labels: Labels<'a>,
    /// Its slots; [`UNASSIGNED`] if it has none.
    pub(super) slot: Slot,
    /// Its record, if it was looked up.
    pub(super) place: Option<u32>,
    /// Whether someone asked for it by its labels.
    pub(super) created: bool,
    /// Whether it was removed, and has not counted since.
    pub(super) hidden: bool,
    pub(super) cells: &'a [u64],
}

/// A series that is to be shown, with what is known of it beside its cells.
pub(crate) struct SeriesDetails<'a> {
    pub(crate) labels: Labels<'a>,
    pub(crate) slot: Slot,
    pub(crate) cells: &'a [u64],
    pub(crate) attached: Option<&'static Attached>,
    pub(crate) created: Option<Duration>,
}

impl View<'_> {
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
                let first = slot.unmarked().first();
                let created = if created { created::of(first) } else { created::start() };
                let created =
                    created.map(|created| self.removed_at(first).map_or(created, |at| at.max(created)));
                // What is beside the cells may be that of another series by now.
                if !slot.is_over() {
                    each(SeriesDetails { labels, slot, cells, attached: attachments::at(first), created });
                }
            }
        })
    }

    /// All series that are to be shown.
    pub(crate) fn each(self, scope: Scope, each: &mut dyn FnMut(Labels<'_>, &[u64])) {
        Position::walk(|at| self.visit_batch_dyn(scope, at, each));
    }

    /// The first cell of a series, an integer, less what it held when the series was last removed.
    pub(crate) fn sum_since_removal(self, slot: Slot) -> u64 {
        let Store::Cells(layout, _) = self.store else { return 0 };
        let mut cells = cell::sum_of(slot, layout);
        let first = slot.unmarked().first();
        Removed::subtract(self.series.removed(), first, layout, Scope::Process, &mut cells);
        cells.first().copied().unwrap_or_default()
    }

    /// The sum over all series of the cell that is so many behind the first, an integer. Nothing is taken off when a
    /// series is removed: it is a count, which does not fall.
    pub(crate) fn sum_of_cell(self, offset: u32) -> u64 {
        if !self.series.has_slots() {
            return 0;
        }
        let Store::Cells(layout, _) = self.store else { return 0 };
        // Obtained before anything is locked.
        let (mut slots, mut sums) = (Vec::with_capacity(BATCH), [0; BATCH]);
        let mut sum_all = || {
            // Nobody asks for labels, so they are left alone.
            let (mut position, mut sum) = (0, 0_u64);
            loop {
                slots.clear();
                self.gather_slots(layout, &mut position, &mut slots);
                let Some(sums) = sums.get_mut(..slots.len()).filter(|sums| !sums.is_empty()) else {
                    return sum;
                };
                if slots.first().is_some_and(|&slot| slot != UNASSIGNED) {
                    for slot in &mut slots {
                        *slot += offset;
                    }
                    cell::sum_into(Scope::Process, &slots, Layout::COUNTER, sums);
                    sum += sums.iter().sum::<u64>();
                }
            }
        };
        if self.series.removed().is_none() {
            let sum = sum_all();
            // What the first to be removed had counted may have been missed otherwise.
            if self.series.removed().is_none() {
                return sum;
            }
        }
        self.series.removed().map_or(0, |removed| removed.with_gone(offset as usize, sum_all))
    }

    /// The exemplars that all series left out because of their labels, removed ones too: a count does not fall.
    pub(crate) fn dropped_exemplars(self) -> u64 {
        let mut dropped = 0;
        let Store::Cells(layout, _) = self.store else { return dropped };
        if self.series.options.exemplars() && self.series.has_slots() {
            let (mut position, mut slots) = (0, Vec::new());
            loop {
                slots.clear();
                self.gather_slots(layout, &mut position, &mut slots);
                if slots.is_empty() {
                    break;
                }
                for &slot in &slots {
                    let kept = attachments::at(slot).and_then(Attached::given_exemplars);
                    dropped += kept.map_or(0, Exemplars::dropped);
                }
            }
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
            let first = series.first_cell();
            let mut hidden = false;
            if first != UNASSIGNED {
                cell::sum_into(scope, &[first], layout, cells);
                hidden = Removed::subtract(series.removed(), first, layout, scope, cells);
            }
            let slot = Slot::always(first);
            each(Found { labels: Labels::NONE, slot, place: None, created: false, hidden, cells });
            return None;
        }
        let mut taken = Taken::new();
        let batch = taken.batch();
        let mut position = at.0;
        for _ in 0..BATCHES_IN_A_PART {
            let start = position;
            if !self.gather(scope, layout, &mut position, batch) {
                return None;
            }
            // Asked once the series are gathered, so that it is true of them.
            let (removed, escapes) = (series.removed(), series.interned().is_some_and(Interned::escapes));
            let Batch { slots, sums, looked_up, texts: copies } = &mut *batch;
            // A batch that is not full is the last one: most families need no second look.
            let is_last = slots.len() < BATCH;
            let all = slots.iter().zip(sums.chunks_exact_mut(width));
            if looked_up.is_empty() {
                for (index, (&first, cells)) in (start..).zip(all) {
                    let hidden = Removed::subtract(removed, first, layout, scope, cells);
                    shape.with_texts_at(index, |labels| {
                        let slot = Slot::always(first);
                        each(Found { labels, slot, place: None, created: false, hidden, cells });
                    });
                }
                if is_last {
                    return None;
                }
                continue;
            }
            let mut texts = [""; MAX_LABELS];
            for ((&LookedUp { slot, place }, copied), (&first, cells)) in
                looked_up.iter().zip(copies.records()).zip(all)
            {
                let hidden = Removed::subtract(removed, first, layout, scope, cells);
                let labels = labels_of(shape.names, copied, escapes, &mut texts);
                // What was summed is that of another series otherwise.
                if !slot.is_over() {
                    each(Found { labels, slot, place: Some(place), created: true, hidden, cells });
                }
            }
            if is_last {
                return None;
            }
        }
        Some(Position(position))
    }

    /// Adds the first slots of the next series: those in the row from the one numbered `position` on, or of the records
    /// behind that position. None after the last one.
    fn gather_slots(self, layout: Layout, position: &mut u64, slots: &mut Vec<u32>) {
        if let Some(row) = self.shape.row() {
            let first = self.series.first_cell();
            while slots.len() < BATCH {
                let Some(index) = u32::try_from(*position).ok().filter(|index| *index < row) else { break };
                slots.push(if first == UNASSIGNED { UNASSIGNED } else { first + index * layout.width() });
                *position += 1;
            }
        } else if let Some(interned) = self.series.interned() {
            while let Some((records, next)) = interned.records().next(*position, BATCH - slots.len()) {
                slots.extend(records.map(|record| cell::unmarked(record.first())));
                *position = next;
                if slots.len() == BATCH {
                    break;
                }
            }
        }
    }

    /// Sums the next series, from `position` on. Returns whether there may be more behind them; there may be none among
    /// them.
    fn gather(self, scope: Scope, layout: Layout, position: &mut u64, batch: &mut Batch) -> bool {
        let Batch { slots, sums, looked_up, texts } = batch;
        slots.clear();
        looked_up.clear();
        texts.clear();
        let start = *position;
        if self.shape.row().is_some() {
            self.gather_slots(layout, position, slots);
        } else if let Some(interned) = self.series.interned() {
            while let Some((records, next)) = interned.records().next(*position, BATCH - slots.len()) {
                *position = next;
                for record in records {
                    // One that is about to be another series is shown next time.
                    if let Some(slot) = record.read(texts) {
                        slots.push(cell::unmarked(slot.first()));
                        looked_up.push(LookedUp { slot, place: record.place() });
                    }
                }
                if slots.len() == BATCH {
                    break;
                }
            }
        }
        sums.resize(slots.len() * layout.width() as usize, 0);
        if slots.first().is_some_and(|&slot| slot != UNASSIGNED) {
            cell::sum_into(scope, slots, layout, sums);
            fence(Ordering::Acquire);
        } else {
            // What another family left there.
            sums.fill(0);
        }
        *position != start
    }

    /// Calls `each` with the bits in the shared word of every series that has one. `None`: the family is in a row, and
    /// nobody has touched any of it.
    pub(crate) fn each_word(self, each: &mut dyn FnMut(Labels<'_>, Option<SlotOf>, u64)) {
        Position::walk(|at| self.visit_words_batch(at, &mut *each));
    }

    /// Calls `each` as [`each_word`](Self::each_word) does, for a batch of series from `at` on. Returns where to go on.
    /// Compiled anew for each closure.
    pub(crate) fn visit_words_batch(
        self,
        at: Position,
        mut each: impl FnMut(Labels<'_>, Option<SlotOf>, u64),
    ) -> Option<Position> {
        let load = |slot| cell::word(slot).load();
        if let Some(count) = self.shape.row() {
            let first = self.series.first();
            let start = u32::try_from(at.0).unwrap_or(u32::MAX);
            let end = count.min(start.saturating_add(WORDS_IN_A_PART));
            for index in start..end {
                let slot = (first != UNASSIGNED).then(|| first + index);
                let word = slot.map(|slot| (Slot::always(slot), None));
                self.shape.with_texts_at(u64::from(index), |labels| each(labels, word, slot.map_or(0, load)));
            }
            return (end < count).then(|| Position(u64::from(end)));
        }
        let interned = self.series.interned()?;
        let mut position = at.0;
        let mut copies = Copies::default();
        for _ in 0..BATCHES_IN_A_PART * BATCH {
            let (mut records, next) = interned.records().next(position, 1)?;
            let record = records.next()?;
            position = next;
            copies.clear();
            let Some(slot) = record.read(&mut copies) else { continue };
            let bits = load(slot.first());
            fence(Ordering::Acquire);
            if slot.is_over() {
                continue;
            }
            let mut texts = [""; MAX_LABELS];
            let Some(values) = copies.records().next() else { continue };
            let labels = labels_of(self.shape.names, values, interned.escapes(), &mut texts);
            if let (Some(removed), Store::Words(absent)) = (self.series.removed(), self.store) {
                if bits != absent {
                    removed.unhide_word(slot.first(), absent);
                }
            }
            each(labels, Some((slot, Some(record.place()))), bits);
        }
        Some(Position(position))
    }
}

/// The labels of a record, whose texts come next. `texts` is room for them, used again for each record.
#[inline]
fn labels_of<'a, 'r: 'a>(
    names: &'static [&'static str],
    copied: impl Iterator<Item = &'r str>,
    escapes: bool,
    texts: &'a mut [&'r str; MAX_LABELS],
) -> Labels<'a> {
    for (place, text) in texts.iter_mut().take(names.len()).zip(copied) {
        *place = text;
    }
    if escapes { Labels::new(names, texts) } else { Labels::new_clean(names, texts) }
}
