//! Showing series: gathered in batches, summed under the pool's lock, shown without it.

use super::Series;
use crate::{
    cell::{self, Layout, Record, Scope, UNASSIGNED},
    created,
    exemplar::Exemplars,
    extra::{self, Extra},
    label::{LabelSet, MAX_LABELS},
    metric::Position,
    visit::Labels,
};
use std::{sync::atomic::Ordering, time::Duration};

/// Series summed at a time. Threads that want to grow their block wait for one batch at most.
const BATCH: usize = 128;

/// Cells of one series that are read without asking for memory.
const MOST_ON_THE_STACK: usize = 20;

/// Batches shown before a family may be interrupted.
const BATCHES_IN_A_PART: usize = 8;

/// Calls `each` with the cells of every series that is to be shown: integers first, then floats as bits, less what
/// was there when the series was last removed.
pub(crate) fn visit_cells<L: LabelSet>(
    series: &Series<L>,
    layout: Layout,
    scope: Scope,
    mut each: impl FnMut(Labels<'_>, &[u64]),
) {
    let mut at = Position::default();
    while let Some(next) = visit_cells_part(series, layout, scope, at, &mut each) {
        at = next;
    }
}

/// The same for a part of them, from `at` on. Answers where to go on.
pub(crate) fn visit_cells_part<L: LabelSet>(
    series: &Series<L>,
    layout: Layout,
    scope: Scope,
    at: Position,
    mut each: impl FnMut(Labels<'_>, &[u64]),
) -> Option<Position> {
    part_of_cells(series, layout, scope, at, |labels, _, created, hidden, cells| {
        if series.is_shown(created, hidden, cells) {
            each(labels, cells);
        }
    })
}

/// The same, and what is known of each series beside its cells. For families that keep something, or where it is to be
/// shown since when they count.
pub(crate) fn visit_detailed_part<L: LabelSet>(
    series: &Series<L>,
    layout: Layout,
    scope: Scope,
    at: Position,
    mut each: impl FnMut(Labels<'_>, &[u64], Option<&'static Extra>, Option<Duration>),
) -> Option<Position> {
    part_of_cells(series, layout, scope, at, |labels, slot, created, hidden, cells| {
        if series.is_shown(created, hidden, cells) {
            // What is in a row was there from the start, if only at zero.
            let since = if created { created::of(slot) } else { created::start() };
            let since = since.map(|since| series.removed_at(slot).map_or(since, |at| at.max(since)));
            each(labels, cells, extra::at(slot), since);
        }
    })
}

/// The exemplars that all series left out because of their labels, removed ones too: a count does not fall.
pub(crate) fn dropped_exemplars<L: LabelSet>(series: &Series<L>, layout: Layout) -> u64 {
    let mut dropped = 0;
    if series.options().exemplars() && series.has_slots() {
        for_each_cells(series, layout, Scope::Process, |_, slot, _, _, _| {
            let kept = extra::at(slot).and_then(Extra::seen_exemplars);
            dropped += kept.map_or(0, Exemplars::dropped);
        });
    }
    dropped
}

/// The same as [`visit_cells`] for every series that has slots, shown or not: with its first slot, whether someone asked for it by its
/// labels, and whether it is removed.
pub(super) fn for_each_cells<L: LabelSet>(
    series: &Series<L>,
    layout: Layout,
    scope: Scope,
    mut each: impl FnMut(Labels<'_>, u32, bool, bool, &[u64]),
) {
    let mut at = Position::default();
    while let Some(next) = part_of_cells(series, layout, scope, at, &mut each) {
        at = next;
    }
}

fn part_of_cells<L: LabelSet>(
    series: &Series<L>,
    layout: Layout,
    scope: Scope,
    at: Position,
    mut each: impl FnMut(Labels<'_>, u32, bool, bool, &[u64]),
) -> Option<Position> {
    let width = layout.width();
    if L::NAMES.is_empty() && width as usize <= MOST_ON_THE_STACK {
        // A program has hundreds of these. They are read without asking for memory.
        let mut cells = [0; MOST_ON_THE_STACK];
        let cells = &mut cells[..width as usize];
        let slot = series.first_cell();
        let mut hidden = false;
        if slot != UNASSIGNED {
            cell::sum_into(scope, &[slot], layout, cells);
            hidden = series.take_off_base(slot, layout, scope, cells);
        }
        each(Labels::NONE, slot, false, hidden, cells);
        return None;
    }
    let mut slots = Vec::with_capacity(BATCH);
    let mut sums = vec![0; BATCH * width as usize];
    if Series::<L>::IN_A_ROW {
        let (first, count) = (series.first_cell(), L::CARDINALITY.unwrap_or(0));
        if first == UNASSIGNED {
            for index in 0..count {
                with_texts_at::<L>(index, |labels| {
                    each(labels, UNASSIGNED, false, false, &sums[..width as usize]);
                });
            }
            return None;
        }
        for start in (0..count).step_by(BATCH) {
            slots.clear();
            slots.extend((start..count.min(start + BATCH)).map(|index| first + index as u32 * width));
            let sums = &mut sums[..slots.len() * width as usize];
            cell::sum_into(scope, &slots, layout, sums);
            for (index, (&slot, cells)) in slots.iter().zip(sums.chunks_exact_mut(width as usize)).enumerate()
            {
                let hidden = series.take_off_base(slot, layout, scope, cells);
                with_texts_at::<L>(start + index, |labels| each(labels, slot, false, hidden, cells));
            }
        }
    } else if let Some(interned) = series.interned() {
        let mut position = at.0;
        let mut batch = Vec::with_capacity(BATCH);
        let mut texts = [""; MAX_LABELS];
        for _ in 0..BATCHES_IN_A_PART {
            batch.clear();
            while batch.len() < BATCH
                && let Some((record, next)) = interned.records().next(position)
            {
                batch.push(record);
                position = next;
            }
            if batch.is_empty() {
                return None;
            }
            slots.clear();
            slots.extend(batch.iter().map(|record: &Record<'_>| cell::unmarked(record.slot())));
            let sums = &mut sums[..slots.len() * width as usize];
            cell::sum_into(scope, &slots, layout, sums);
            let all = batch.iter().zip(&slots).zip(sums.chunks_exact_mut(width as usize));
            for ((record, &slot), cells) in all {
                let hidden = series.take_off_base(slot, layout, scope, cells);
                let labels = labels_of::<L>(*record, interned.escapes(), &mut texts);
                each(labels, slot, true, hidden, cells);
            }
        }
        return Some(Position(position));
    }
    None
}

/// Calls `each` with the bits in the shared word of every series that has one. `None`: the family is in a row, and
/// nobody has touched any of it.
pub(crate) fn visit_words<L: LabelSet>(
    series: &Series<L>,
    mut each: impl FnMut(Labels<'_>, Option<u32>, u64),
) {
    let mut at = Position::default();
    while let Some(next) = visit_words_part(series, at, &mut each) {
        at = next;
    }
}

/// The same for a part of them, from `at` on. Answers where to go on.
pub(crate) fn visit_words_part<L: LabelSet>(
    series: &Series<L>,
    at: Position,
    mut each: impl FnMut(Labels<'_>, Option<u32>, u64),
) -> Option<Position> {
    let load = |slot| cell::word(slot).load(Ordering::Relaxed);
    if Series::<L>::IN_A_ROW {
        let first = series.first();
        for index in 0..L::CARDINALITY.unwrap_or(0) {
            let slot = (first != UNASSIGNED).then(|| first + index as u32);
            with_texts_at::<L>(index, |labels| each(labels, slot, slot.map_or(0, load)));
        }
        return None;
    }
    let interned = series.interned()?;
    let mut position = at.0;
    let mut texts = [""; MAX_LABELS];
    for _ in 0..BATCHES_IN_A_PART * BATCH {
        let (record, next) = interned.records().next(position)?;
        position = next;
        let labels = labels_of::<L>(record, interned.escapes(), &mut texts);
        each(labels, Some(record.slot()), load(record.slot()));
    }
    Some(Position(position))
}

/// Shows the labels of the combination numbered `index` of a closed set.
fn with_texts_at<L: LabelSet>(index: usize, show: impl FnOnce(Labels<'_>)) {
    let mut texts = [""; MAX_LABELS];
    let mut label = 0;
    L::visit_at(index, &mut |text| {
        if let Some(place) = texts.get_mut(label) {
            *place = text;
        }
        label += 1;
    });
    show(Labels::new(L::NAMES, &texts));
}

/// The labels of a record. `texts` is room for them, used again for each record.
#[inline]
fn labels_of<'a, 'r: 'a, L: LabelSet>(
    record: Record<'r>,
    escapes: bool,
    texts: &'a mut [&'r str; MAX_LABELS],
) -> Labels<'a> {
    for (place, text) in texts.iter_mut().zip(record.texts()) {
        *place = text;
    }
    if escapes { Labels::new(L::NAMES, texts) } else { Labels::new_clean(L::NAMES, texts) }
}
